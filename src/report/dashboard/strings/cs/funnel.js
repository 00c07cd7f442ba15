// Česky: trychtýř.

export const words = {
  controls: {
    heading: "Dotaz",
    breakdown: "Rozdělit podle",
    breakdowns: { none: "Nerozdělovat", device: "Zařízení", channel: "Kanál" },
    window: "Čas na dokončení",
    unit: "Počítat",
  },

  titles: {
    loading: "Trychtýř",
    lost: "{step}: ztráta {loss}",
    lost_lead: "{share} z těch, kdo sem došli, se včas nedostalo dál: {next}.",
    underway: "Ještě na cestě: {count}",
    underway_lead: "Nikdo neodpadl; jejich čas ještě neuplynul.",
    all_converted: "Došlo {count}, nikdo se neztratil",
    excluded: "Vyřazeno {count}",
    empty: "Do tohoto trychtýře nikdo nevstoupil",
    no_data: "Zatím žádné události",
  },

  steps: {
    summary: "Kroky",
    change: "Změnit",
    arrow: "→",
    nth: "Krok {n}",
    preset: "Začít od",
    presets: { shop_checkout: "Nákup v obchodě", quick: "Krátce" },
    custom: "Vlastní kroky",
    up: "Nahoru",
    down: "Dolů",
    remove: "Odebrat",
    up_label: "Krok {n}: Nahoru",
    down_label: "Krok {n}: Dolů",
    remove_label: "Krok {n}: Odebrat",
    add_label: "Další krok",
    add: "Přidat krok",
    never_received: "{event} (nikdy nepřišlo)",
    option: "{label} ({count})",
    fields_failed: "Seznam událostí tohoto obchodu se nepodařilo přečíst; kroky přesto fungují.",
  },

  figures: {
    heading: "Hlavní čísla",
    entered: "Vstoupilo",
    entered_note: "{step}",
    converted: "Došlo",
    converted_note: "{step}",
    conversion: "Konverze",
    conversion_note: "S jistotou 95 %: {low} až {high}",
    time: "Čas do konverze",
    time_note: "Medián; 90 % do {p90}",
  },

  chart: {
    heading: "Kroky",
    show: "Ukázat",
    labels: { share: "Podíl", count: "Počet" },
    reached: "došlo",
    dropped: "odpadlo",
    in_progress: "ještě na cestě",
    lost_before: "odpadlo {lost}",
    underway_before: "na cestě {count}",
    label: "Trychtýř, počet kroků: {steps}. {list}. Tabulka níže má každé číslo.",
    label_step: "{step} {count} ({share})",
    tip: "{step}: došlo {count}, {share} ze všech. Od předchozího kroku: odpadlo {lost}, na cestě {underway}.",
    scroll: "Graf, posouvá se do stran",
  },

  table: {
    heading: "Krok za krokem",
    caption: "{unit} v každém kroku a jak dlouho to trvalo",
    step: "Krok",
    from_previous: "Z předchozího",
    from_first: "Z prvního",
    dropped: "Pak odpadlo",
    in_progress: "Na cestě",
    median: "Medián času",
    p90: "90 % do",
    change: "Změna podílu",
    scroll: "Tabulka kroků, posouvá se do stran",
  },

  breakdown: {
    heading: "Rozdělení: {field}",
    fields: { device: "zařízení", channel: "kanál" },
    caption: "{unit}, rozdělení: {field}. Podíl těch, kdo došli ke každému kroku",
    entered: "Vstoupilo",
    conversion: "Konverze",
    scroll: "Tabulka rozdělení, posouvá se do stran",
  },

  method: {
    counted: "Počítá {each} jednou, podle pokusu, který došel nejdál.",
    order: {
      sequential: "Kroky platí v tomto pořadí, s čímkoli mezi nimi,",
      strict: "Kroky platí v tomto pořadí, bez čehokoli mezi nimi,",
      any: "Kroky platí v libovolném pořadí,",
    },
    window: "a čas na ně od prvního je {window}.",
    entered: "První krok leží v období {period} ({time_zone}); pozdější mohou přijít po něm.",
    underway: "Ti, jejichž čas neuplynul, jsou „na cestě“, neodpadli.",
  },

  empty: {
    period_lead: "V období {period} nepřišlo: {step}.",
    other_events: "Mezi událostmi tohoto obchodu není. Zvolte první krok, který se v něm vyskytuje.",
    try_longer: "Ukázat posledních 30 dní",
    choose_steps: "Změnit kroky",
  },
};
