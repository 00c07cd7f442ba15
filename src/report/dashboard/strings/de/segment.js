// Auf Deutsch: um welche Besucher es geht.

export const words = {
  segment: {
    only: "Nur Besucher,",
    who: "Besucher,",
    asked: {
      did: "die etwas taten: …",
      did_not: "die etwas nie taten: …",
      any: "die irgendetwas taten mit…",
      any_not: "die nie etwas taten mit…",
      cart: "die einen Warenkorb begannen, der…",
      no_cart: "die keinen Warenkorb begannen, der…",
    },
    when: "Wann",
    within: { period: "In diesen Tagen", ever: "Jemals" },
    what: "Was sie taten",
    kind: "Nach",
    fate: "Der Warenkorb",
    submit: "Diese Besucher wählen",
    fates: {
      ever_abandoned: "zurückgelassen wurde, später gekauft oder nicht",
      abandoned: "zurückgelassen und noch zu retten ist",
      expired: "endgültig verloren ist",
      recovered: "zurückgelassen und später gekauft wurde",
      purchased: "gleich gekauft wurde",
      open: "gerade offen ist",
      idle: "pausiert ist",
      emptied: "geleert wurde",
    },
    chips: {
      did: "die das taten: {deed}",
      did_not: "die das nie taten: {deed}",
      did_any: "die irgendetwas taten mit {filters}",
      did_not_any: "die nie etwas taten mit {filters}",
      cart: "die einen Warenkorb begannen, der {fate}",
      no_cart: "die keinen Warenkorb begannen, der {fate}",
    },
    deeds: { event: "„{name}“", touchpoint: "etwas bei „{name}“", stage: "etwas in „{name}“", page: "etwas auf {name}" },
    with: "{deed} mit {filters}",
    and: " und ",
    ever_chip: "{condition} (jemals)",
  },
};
