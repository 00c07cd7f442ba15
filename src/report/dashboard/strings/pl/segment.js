// Po polsku: o których odwiedzających chodzi.

export const words = {
  segment: {
    only: "Tylko odwiedzający, którzy",
    who: "Odwiedzający, którzy",
    asked: {
      did: "zrobili…",
      did_not: "nigdy nie zrobili…",
      any: "zrobili cokolwiek z…",
      any_not: "nigdy nic nie zrobili z…",
      cart: "otworzyli koszyk, który…",
      no_cart: "nie otworzyli koszyka, który…",
    },
    when: "Kiedy",
    within: { period: "W tych dniach", ever: "Kiedykolwiek" },
    what: "Co zrobili",
    kind: "Według",
    fate: "Koszyk",
    submit: "Wybierz tych odwiedzających",
    fates: {
      ever_abandoned: "został porzucony, kupiony później lub nie",
      abandoned: "jest porzucony i można go odzyskać",
      expired: "jest stracony na dobre",
      recovered: "został porzucony i kupiony później",
      purchased: "został kupiony od razu",
      open: "jest teraz otwarty",
      idle: "jest wstrzymany",
      emptied: "został opróżniony",
    },
    chips: {
      did: "zrobili {deed}",
      did_not: "nigdy nie zrobili {deed}",
      did_any: "zrobili cokolwiek z: {filters}",
      did_not_any: "nigdy nic nie zrobili z: {filters}",
      cart: "otworzyli koszyk, który {fate}",
      no_cart: "nie otworzyli koszyka, który {fate}",
    },
    deeds: { event: "„{name}”", touchpoint: "coś w punkcie „{name}”", stage: "coś na etapie „{name}”", page: "coś na stronie {name}" },
    with: "{deed} z: {filters}",
    and: " i ",
    ever_chip: "{condition} (kiedykolwiek)",
  },
};
