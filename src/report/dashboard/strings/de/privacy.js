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
    subjects: {
      addresses: "Adressen",
      pages: "Seiten",
      signals: "Signale",
      visitors: "Besucher",
      customers: "Kunden",
      "orders and carts": "Bestellungen und Warenkörbe",
      retention: "Aufbewahrung",
      erasure: "Löschung",
    },
    statements: {
      addresses: "Keine IP-Adresse wird je auf die Platte geschrieben.",
      pages: "Von Seitenadressen bleiben nur bekannte Teile der Abfrage; Wörter, die wie eine E-Mail oder ein Geheimnis aussehen, werden überall geschwärzt.",
      signals: "Ein Browser, der Global Privacy Control sendet, gilt als einer ohne Einwilligung.",
      visitors_default: "Ein Browser ist nur mit Einwilligung länger als einen Tag bekannt; ohne sie durch einen Hash aus Adresse und Browser, dessen Schlüssel jeden Tag weggeworfen wird. Die Besucherkennung eines Servers wird genommen, sofern der Besucher nicht Nein gesagt hat.",
      visitors_cnil: "Ohne ein Ja ist niemand länger als einen Tag bekannt, wer auch immer das Ereignis sendet: ein Hash aus Adresse und Browser steht für den Besucher, und sein Schlüssel wird jeden Tag weggeworfen.",
      customers_default: "Die eigene Kennung des Shops für eine Person bleibt, sofern der Besucher nicht Nein gesagt hat; eine E-Mail als Hash.",
      customers_cnil: "Die eigene Kennung des Shops für eine Person bleibt nicht, sofern der Besucher nicht Ja gesagt hat.",
      carts_default: "Ihre Nummern bleiben, wie sie sind, damit sie sich in den Unterlagen des Shops finden lassen.",
      carts_cnil: "Ihre Nummern bleiben als Hashes, sofern der Besucher nicht Ja gesagt hat: sie unterscheiden Bestellungen und lassen sich in den Unterlagen des Shops nicht finden.",
      kept_for_ever: "Ereignisse bleiben, bis sie gelöscht werden.",
      kept_days: "Ereignisse bleiben nach dem Tag (UTC) ihres Eintreffens so viele Tage: {days}; dann verschwinden sie von selbst aus Speicher, Archiv und Journal.",
      erasure: "Wer gelöscht ist, kommt von da an in keiner Antwort vor und in keiner Datei, sobald diese neu geschrieben sind; frühere Sicherungen enthalten ihn noch.",
    },
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
