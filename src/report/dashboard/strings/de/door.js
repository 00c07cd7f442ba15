// Auf Deutsch: anmelden, einrichten, einen Shop wählen.

export const words = {
  login: {
    title: "Anmelden",
    email: "E-Mail",
    password: "Passwort",
    submit: "Anmelden",
    submitting: "Wird angemeldet…",
  },

  setup: {
    title: "Styk einrichten",
    lead: "Wählen Sie, womit Sie sich anmelden. Ihnen gehört dann dieser Server.",
    email: "E-Mail",
    password: "Passwort",
    password_hint: "Ein paar Wörter hintereinander sind leicht zu merken und schwer zu erraten.",
    submit: "Besitzer anlegen und anmelden",
    submitting: "Wird eingerichtet…",
    no_token: "Dieser Link ist unvollständig",
    no_token_lead: "Kopieren Sie den ganzen Link aus dem Terminal, in dem Styk gestartet wurde; er ist eine Zeile und endet mit einem langen Code nach #.",
    used: "Dieser Link wurde schon benutzt",
    used_lead: "Ein Einrichtungslink gilt einmal. Wenn Sie Styk eingerichtet haben, melden Sie sich an.",
    to_login: "Zur Anmeldung",
  },

  sites: {
    title: "Shops",
    lead: "Welchen Shop möchten Sie ansehen?",
    none: "Noch kein Shop",
    none_lead: "Ein Besitzer des Servers legt ihn an.",
    none_retry: "Noch einmal nachsehen",
    unknown: "Einen Shop „{key}“ gibt es hier nicht",
    unknown_lead: "Vielleicht wurde er umbenannt, oder Sie dürfen ihn nicht sehen.",
    to_sites: "Meine Shops zeigen",
  },
};
