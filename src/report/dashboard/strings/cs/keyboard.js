// Česky: seznam kláves.

export const words = {
  keyboard: {
    heading: "Klávesnice",
    keys: {
      help: "Ukázat tento seznam",
      screens: "Přejít na první, druhou, třetí … obrazovku obchodu",
      period: "Zvolit období",
      compare: "Porovnat s předchozím obdobím, nebo ne",
      filter: "Přidat filtr",
      segment: "Vybrat návštěvníky podle toho, co dělali",
      close: "Zavřít, co je otevřené",
      tab: "Přejít na další prvek; s klávesou Shift na předchozí",
    },
    on: "Jednotlivé klávesy jsou zkratky",
    close: "Zavřít",
  },
};
