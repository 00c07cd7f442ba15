// Česky: o které návštěvníky jde.

export const words = {
  segment: {
    only: "Jen návštěvníci, kteří",
    who: "Návštěvníci, kteří",
    asked: {
      did: "udělali…",
      did_not: "nikdy neudělali…",
      any: "udělali cokoli s…",
      any_not: "nikdy nic neudělali s…",
      cart: "otevřeli košík, který…",
      no_cart: "neotevřeli košík, který…",
    },
    when: "Kdy",
    within: { period: "V těchto dnech", ever: "Kdykoli" },
    what: "Co udělali",
    kind: "Podle",
    fate: "Košík",
    submit: "Vybrat tyto návštěvníky",
    fates: {
      ever_abandoned: "byl opuštěn, ať už koupen později, nebo ne",
      abandoned: "je opuštěn a lze ho získat zpět",
      expired: "je ztracen nadobro",
      recovered: "byl opuštěn a později koupen",
      purchased: "byl koupen hned",
      open: "je právě otevřený",
      idle: "je pozastavený",
      emptied: "byl vyprázdněn",
    },
    chips: {
      did: "udělali {deed}",
      did_not: "nikdy neudělali {deed}",
      did_any: "udělali cokoli s: {filters}",
      did_not_any: "nikdy nic neudělali s: {filters}",
      cart: "otevřeli košík, který {fate}",
      no_cart: "neotevřeli košík, který {fate}",
    },
    deeds: { event: "„{name}“", touchpoint: "něco v místě „{name}“", stage: "něco ve fázi „{name}“", page: "něco na stránce {name}" },
    with: "{deed} s: {filters}",
    and: " a ",
    ever_chip: "{condition} (kdykoli)",
  },
};
