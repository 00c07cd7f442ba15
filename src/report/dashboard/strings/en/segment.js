// In English: which visitors a report is about.

export const words = {
  segment: {
    only: "Only visitors who",
    who: "Visitors who",
    asked: {
      did: "did…",
      did_not: "never did…",
      any: "did anything with…",
      any_not: "never did anything with…",
      cart: "opened a cart that…",
      no_cart: "opened no cart that…",
    },
    when: "When",
    within: { period: "In these days", ever: "Ever" },
    what: "What they did",
    kind: "By",
    fate: "The cart",
    submit: "Choose these visitors",
    fates: {
      ever_abandoned: "was left behind, bought later or not",
      abandoned: "is left behind and can be won back",
      expired: "is lost for good",
      recovered: "was left behind and bought later",
      purchased: "was bought at once",
      open: "is open now",
      idle: "is paused",
      emptied: "was emptied",
    },
    chips: {
      did: "did {deed}",
      did_not: "never did {deed}",
      did_any: "did anything with {filters}",
      did_not_any: "never did anything with {filters}",
      cart: "opened a cart that {fate}",
      no_cart: "opened no cart that {fate}",
    },
    deeds: { event: "“{name}”", touchpoint: "anything at “{name}”", stage: "anything in “{name}”", page: "anything on {name}" },
    with: "{deed} with {filters}",
    and: " and ",
    ever_chip: "{condition}, ever",
  },
};
