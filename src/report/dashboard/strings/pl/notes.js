// Po polsku: notatki przy dniach.

export const words = {
  notes: {
    heading: "Notatki",
    none: "Nie ma jeszcze notatek. Taka jak „ruszyła nowa kasa” wyjaśnia skok liczb.",
    none_here: "W tych dniach żadnej.",
    add: "Dodaj notatkę",
    all: "Wszystkie notatki",
    date: "Dzień",
    text: "Co się stało",
    example: "Ruszyła nowa kasa",
    by: "Kto",
    save: "Zapisz notatkę",
    close: "Zamknij",
    mark: "{day}: {text}",
    change: "Zmień",
    change_what: "Zmień notatkę „{text}”",
    remove: "Usuń",
    remove_what: "Usuń notatkę „{text}”",
    remove_says: "Zniknie ze wszystkich wykresów, u wszystkich.",
    remove_yes: "Usuń notatkę",
  },
};
