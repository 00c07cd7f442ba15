// Po polsku: lista klawiszy.

export const words = {
  keyboard: {
    heading: "Klawiatura",
    keys: {
      help: "Pokaż tę listę",
      screens: "Przejdź do pierwszego, drugiego, trzeciego … ekranu sklepu",
      period: "Wybierz okres",
      compare: "Porównaj z poprzednim okresem albo nie",
      filter: "Dodaj filtr",
      segment: "Wybierz odwiedzających po tym, co robili",
      close: "Zamknij to, co otwarte",
      tab: "Przejdź do następnego elementu; z Shift do poprzedniego",
    },
    on: "Pojedyncze klawisze są skrótami",
    close: "Zamknij",
  },
};
