// Česky: poznámky ke dnům.

export const words = {
  notes: {
    heading: "Poznámky",
    none: "Zatím žádná poznámka. Třeba „spuštěna nová pokladna“ vysvětlí skok v číslech.",
    none_here: "V těchto dnech žádná.",
    add: "Přidat poznámku",
    all: "Všechny poznámky",
    date: "Den",
    text: "Co se stalo",
    example: "Spuštěna nová pokladna",
    by: "Kdo",
    save: "Uložit poznámku",
    close: "Zavřít",
    mark: "{day}: {text}",
    change: "Změnit",
    change_what: "Změnit poznámku „{text}“",
    remove: "Odstranit",
    remove_what: "Odstranit poznámku „{text}“",
    remove_says: "Zmizí ze všech grafů, u všech.",
    remove_yes: "Odstranit poznámku",
  },
};
