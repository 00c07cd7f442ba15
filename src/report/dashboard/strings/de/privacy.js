// Auf Deutsch: die Ansicht zum Datenschutz.

export const words = {
  privacy: {
    loading: "Datenschutz",
    headlines: {
      default: "Bekannt ist, was die Einwilligung erlaubt, aufbewahrt {kept}",
      cnil: "Ohne ein Ja ist niemand über den Tag hinaus bekannt; Ereignisse werden aufbewahrt {kept}",
    },
    for_ever: "bis zur Löschung",
    days: { one: "{n} Tag", other: "{n} Tage" },
    lead: "Was in diesem Augenblick für diesen Shop gilt, so wie der Server es tut.",
    heading: "Was von Besuchern bekannt ist",
    change: "Das ändern",
    erasures: {
      heading: "Wer gelöscht wurde",
      none: "Niemand hat darum gebeten.",
      scroll: "Löschungen, seitlich verschiebbar",
      columns: { number: "Nr.", asked: "Gefordert", state: "Stand", store: "Speicher", archive: "Archiv", journal: "Journal", by: "Gefordert von" },
      done: "in keiner Datei",
      hidden: "in keiner Antwort; Dateien werden neu geschrieben",
      how: "Die Zahlen sind Ereignisse. So wird jemand gelöscht:",
    },
  },
};
