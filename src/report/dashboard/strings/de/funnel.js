// Auf Deutsch: der Trichter.

export const words = {
  controls: {
    heading: "Frage",
    breakdown: "Aufteilen nach",
    breakdowns: { none: "Nichts", device: "Gerät", channel: "Kanal" },
    window: "Zeit bis zum Abschluss",
    unit: "Zählen",
  },

  titles: {
    loading: "Trichter",
    lost: "{step}: {loss} verloren",
    lost_lead: "{share} derer, die so weit kamen, gelangten nie rechtzeitig zu {next}.",
    underway: "Noch unterwegs: {count}",
    underway_lead: "Niemand ist abgesprungen; ihre Zeit ist noch nicht um.",
    all_converted: "Angekommen: {count}, niemand ging verloren",
    excluded: "Durch Ausschlüsse herausgenommen: {count}",
    empty: "Niemand hat diesen Trichter betreten",
    no_data: "Noch keine Ereignisse",
  },

  steps: {
    summary: "Schritte",
    change: "Ändern",
    arrow: "→",
    nth: "Schritt {n}",
    preset: "Beginnen mit",
    presets: { shop_checkout: "Einkauf im Shop", quick: "Kurz" },
    custom: "Eigene Schritte",
    up: "Hoch",
    down: "Runter",
    remove: "Entfernen",
    up_label: "Schritt {n}: Hoch",
    down_label: "Schritt {n}: Runter",
    remove_label: "Schritt {n}: Entfernen",
    add_label: "Noch ein Schritt",
    add: "Schritt hinzufügen",
    never_received: "{event} (nie empfangen)",
    option: "{label} ({count})",
    fields_failed: "Die Liste der Ereignisse dieses Shops war nicht lesbar; die Schritte gehen trotzdem.",
  },

  figures: {
    heading: "Kennzahlen",
    entered: "Eingetreten",
    entered_note: "{step}",
    converted: "Angekommen",
    converted_note: "{step}",
    conversion: "Abschlussrate",
    conversion_note: "Zu 95 % sicher: {low} bis {high}",
    time: "Zeit bis zum Abschluss",
    time_note: "Median; 90 % binnen {p90}",
  },

  chart: {
    heading: "Schritte",
    show: "Zeigen",
    labels: { share: "Anteil", count: "Anzahl" },
    reached: "erreicht",
    dropped: "abgesprungen",
    in_progress: "noch unterwegs",
    lost_before: "{lost} abgesprungen",
    underway_before: "{count} unterwegs",
    label: "Trichter mit {steps} Schritten: {list}. Die Tabelle darunter hat jede Zahl.",
    label_step: "{step} {count} ({share})",
    tip: "{step}: {count} erreicht, {share} von allen. Seit dem Schritt davor: {lost} abgesprungen, {underway} noch unterwegs.",
    scroll: "Diagramm, seitlich verschiebbar",
  },

  table: {
    heading: "Schritt für Schritt",
    caption: "{unit} je Schritt, und wie lange es dauerte",
    step: "Schritt",
    from_previous: "Vom vorigen",
    from_first: "Vom ersten",
    dropped: "Danach abgesprungen",
    in_progress: "Unterwegs",
    median: "Median der Zeit",
    p90: "90 % binnen",
    change: "Änderung des Anteils",
    scroll: "Tabelle der Schritte, seitlich verschiebbar",
  },

  breakdown: {
    heading: "Nach {field}",
    fields: { device: "Gerät", channel: "Kanal" },
    caption: "{unit} nach {field}: Anteil, der jeden Schritt erreichte",
    entered: "Eingetreten",
    conversion: "Abschlussrate",
    scroll: "Tabelle der Aufteilung, seitlich verschiebbar",
  },

  method: {
    counted: "Zählt {each} einmal, mit dem Versuch, der am weitesten kam.",
    order: {
      sequential: "Die Schritte gelten in dieser Reihenfolge, mit Beliebigem dazwischen,",
      strict: "Die Schritte gelten in dieser Reihenfolge, ohne etwas dazwischen,",
      any: "Die Schritte gelten in jeder Reihenfolge,",
    },
    window: "alle binnen {window} nach dem ersten.",
    entered: "Der erste Schritt liegt im Zeitraum {period} ({time_zone}); spätere dürfen danach folgen.",
    underway: "Wessen Zeit noch nicht um ist, ist „unterwegs“, nicht abgesprungen.",
  },

  empty: {
    period_lead: "Im Zeitraum {period} kam kein {step} an.",
    other_events: "Unter den Ereignissen dieses Shops ist es nicht. Wählen Sie einen ersten Schritt, der vorkommt.",
    try_longer: "Die letzten 30 Tage zeigen",
    choose_steps: "Schritte ändern",
  },
};
