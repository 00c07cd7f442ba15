// Auf Deutsch: die Liste der Tasten.

export const words = {
  keyboard: {
    heading: "Tastatur",
    keys: {
      help: "Diese Liste zeigen",
      screens: "Zur ersten, zweiten, dritten … Ansicht eines Shops",
      period: "Den Zeitraum wählen",
      compare: "Mit dem Zeitraum davor vergleichen, oder nicht",
      filter: "Filter hinzufügen",
      segment: "Besucher danach wählen, was sie taten",
      close: "Schließen, was offen ist",
      tab: "Zum nächsten Bedienelement; mit Umschalt zum vorigen",
    },
    on: "Einzelne Tasten sind Kürzel",
    close: "Schließen",
  },
};
