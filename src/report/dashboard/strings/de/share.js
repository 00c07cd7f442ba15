// Auf Deutsch: Links zum Teilen.

export const words = {
  share: {
    summary: "Teilen",
    moves: "Wer den Link hat, sieht diesen Bericht 30 Tage lang ohne Anmeldung. Er geht mit dem Kalender mit.",
    stays: "Wer den Link hat, sieht diesen Bericht über diese Tage 30 Tage lang ohne Anmeldung.",
    make: "Link erstellen",
    link: "Link",
    copy: "Link kopieren",
    about: "{site}, {period}. Der Link gilt bis {until}.",
    over: "Dieser Link gilt nicht mehr",
    over_lead: "Er ist abgelaufen oder wurde zurückgenommen. Bitte den, der ihn geschickt hat, um einen neuen.",
  },
};
