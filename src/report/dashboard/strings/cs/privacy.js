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
    subjects: {
      addresses: "Adresy",
      pages: "Stránky",
      signals: "Signály",
      visitors: "Návštěvníci",
      customers: "Zákazníci",
      "orders and carts": "Objednávky a košíky",
      retention: "Uchovávání",
      erasure: "Vymazání",
    },
    statements: {
      addresses: "Žádná IP adresa se nikdy nezapisuje na disk.",
      pages: "Z adres stránek zůstávají jen známé části dotazu; slova podobná e-mailu nebo tajnému klíči se všude zakrývají.",
      signals: "Prohlížeč, který posílá Global Privacy Control, se bere jako prohlížeč bez souhlasu.",
      visitors_default: "Prohlížeč je znám déle než den jen se souhlasem; bez něj podle otisku adresy a prohlížeče, jehož klíč se každý den zahodí. Identifikátor od serveru se bere, pokud návštěvník neodmítl.",
      visitors_cnil: "Bez souhlasu není nikdo znám déle než den, ať událost posílá kdokoli: návštěvníka zastupuje otisk adresy a prohlížeče, jehož klíč se každý den zahodí.",
      customers_default: "Vlastní identifikátor osoby v obchodě zůstává, pokud návštěvník neodmítl; e-mail jako otisk.",
      customers_cnil: "Vlastní identifikátor osoby v obchodě nezůstává, pokud návštěvník nesouhlasil.",
      carts_default: "Jejich čísla zůstávají, jak jsou, aby se daly najít v záznamech obchodu.",
      carts_cnil: "Jejich čísla zůstávají jako otisky, pokud návštěvník nesouhlasil: rozliší objednávky a v záznamech obchodu se najít nedají.",
      kept_for_ever: "Události se uchovávají, dokud nejsou vymazány.",
      kept_days: "Události se po dni (UTC) svého příchodu uchovávají tolik dní: {days}; pak samy zmizí z úložiště, archivu i deníku.",
      erasure: "Kdo je vymazán, není od té chvíle v žádné odpovědi a zmizí ze všech souborů, jakmile se přepíšou; dřívější zálohy ho stále obsahují.",
    },
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
