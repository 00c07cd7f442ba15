// Po polsku: lejek.

export const words = {
  controls: {
    heading: "Pytanie",
    breakdown: "Podziel według",
    breakdowns: { none: "Bez podziału", device: "Urządzenie", channel: "Kanał" },
    window: "Czas na konwersję",
    unit: "Licz",
  },

  titles: {
    loading: "Lejek",
    lost: "{step}: strata {loss}",
    lost_lead: "{share} z tych, którzy tu doszli, nie zdążyło dojść dalej: {next}.",
    underway: "Jeszcze w drodze: {count}",
    underway_lead: "Nikt nie odpadł; ich czas jeszcze nie minął.",
    all_converted: "Doszło {count}, nikt nie odpadł",
    excluded: "Wyłączono {count}",
    empty: "Nikt nie wszedł do tego lejka",
    no_data: "Nie ma jeszcze zdarzeń",
  },

  steps: {
    summary: "Kroki",
    change: "Zmień",
    arrow: "→",
    nth: "Krok {n}",
    preset: "Zacznij od",
    presets: { shop_checkout: "Zakup w sklepie", quick: "Krótko" },
    custom: "Własne kroki",
    up: "W górę",
    down: "W dół",
    remove: "Usuń",
    up_label: "Krok {n}: W górę",
    down_label: "Krok {n}: W dół",
    remove_label: "Krok {n}: Usuń",
    add_label: "Kolejny krok",
    add: "Dodaj krok",
    never_received: "{event} (nigdy nie nadeszło)",
    option: "{label} ({count})",
    fields_failed: "Nie udało się odczytać listy zdarzeń tego sklepu; kroki mimo to działają.",
  },

  figures: {
    heading: "Najważniejsze liczby",
    entered: "Weszło",
    entered_note: "{step}",
    converted: "Doszło",
    converted_note: "{step}",
    conversion: "Konwersja",
    conversion_note: "Z pewnością 95%: od {low} do {high}",
    time: "Czas do konwersji",
    time_note: "Mediana; 90% w ciągu {p90}",
  },

  chart: {
    heading: "Kroki",
    show: "Pokaż",
    labels: { share: "Udział", count: "Liczba" },
    reached: "doszło",
    dropped: "odpadło",
    in_progress: "jeszcze w drodze",
    lost_before: "odpadło {lost}",
    underway_before: "w drodze {count}",
    label: "Lejek, liczba kroków: {steps}. {list}. Tabela poniżej ma każdą liczbę.",
    label_step: "{step} {count} ({share})",
    tip: "{step}: doszło {count}, {share} wszystkich. Od poprzedniego kroku: odpadło {lost}, w drodze {underway}.",
    scroll: "Wykres, przewija się w bok",
  },

  table: {
    heading: "Krok po kroku",
    caption: "{unit} w każdym kroku i ile to trwało",
    step: "Krok",
    from_previous: "Z poprzedniego",
    from_first: "Z pierwszego",
    dropped: "Potem odpadło",
    in_progress: "W drodze",
    median: "Mediana czasu",
    p90: "90% w ciągu",
    change: "Zmiana udziału",
    scroll: "Tabela kroków, przewija się w bok",
  },

  breakdown: {
    heading: "Podział: {field}",
    fields: { device: "urządzenie", channel: "kanał" },
    caption: "{unit}, podział: {field}. Udział tych, którzy doszli do każdego kroku",
    entered: "Weszło",
    conversion: "Konwersja",
    scroll: "Tabela podziału, przewija się w bok",
  },

  method: {
    counted: "Liczy {each} raz, według próby, która zaszła najdalej.",
    order: {
      sequential: "Kroki liczą się w tej kolejności, z czymkolwiek pomiędzy,",
      strict: "Kroki liczą się w tej kolejności, bez niczego pomiędzy,",
      any: "Kroki liczą się w dowolnej kolejności,",
    },
    window: "a czas na nie liczony od pierwszego to {window}.",
    entered: "Pierwszy krok leży w okresie {period} ({time_zone}); późniejsze mogą nastąpić po nim.",
    underway: "Ci, których czas nie minął, są „w drodze”, nie odpadli.",
  },

  empty: {
    period_lead: "W okresie {period} nie nadeszło: {step}.",
    other_events: "Nie ma go wśród zdarzeń tego sklepu. Wybierz pierwszy krok, który w nim występuje.",
    try_longer: "Pokaż ostatnie 30 dni",
    choose_steps: "Zmień kroki",
  },
};
