// Česky: obrazovka soukromí.

export const words = {
  privacy: {
    loading: "Soukromí",
    headlines: {
      default: "Známo je to, co dovoluje souhlas, a uchovává se {kept}",
      cnil: "Bez souhlasu není nikdo znám déle než den a události se uchovávají {kept}",
    },
    for_ever: "až do vymazání",
    days: { one: "{n} den", few: "{n} dny", many: "{n} dne", other: "{n} dní" },
    lead: "Co v tuto chvíli platí pro tento obchod, tak jak to server dělá.",
    heading: "Co se ví o návštěvnících",
    change: "Změnit to",
    erasures: {
      heading: "Kdo byl vymazán",
      none: "Nikdo o to nepožádal.",
      scroll: "Vymazání, posouvá se do stran",
      columns: { number: "Č.", asked: "Požadavek", state: "Stav", store: "Úložiště", archive: "Archiv", journal: "Deník", by: "Kdo požádal" },
      done: "v žádném souboru",
      hidden: "v žádné odpovědi; soubory se přepisují",
      how: "Čísla jsou události. Někoho vymazat lze takto:",
    },
  },
};
