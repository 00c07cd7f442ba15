// Po polsku: ekran prywatności.

export const words = {
  privacy: {
    loading: "Prywatność",
    headlines: {
      default: "Wiadomo to, na co pozwala zgoda, a przechowuje się to {kept}",
      cnil: "Bez zgody nikt nie jest znany dłużej niż przez dzień, a zdarzenia przechowuje się {kept}",
    },
    for_ever: "aż do usunięcia",
    days: { one: "przez {n} dzień", few: "przez {n} dni", many: "przez {n} dni", other: "przez {n} dnia" },
    lead: "To, co w tej chwili obowiązuje w tym sklepie, tak jak robi to serwer.",
    heading: "Co wiadomo o odwiedzających",
    change: "Zmień to",
    subjects: {
      addresses: "Adresy",
      pages: "Strony",
      signals: "Sygnały",
      visitors: "Odwiedzający",
      customers: "Klienci",
      "orders and carts": "Zamówienia i koszyki",
      retention: "Przechowywanie",
      erasure: "Usunięcie",
    },
    statements: {
      addresses: "Żaden adres IP nigdy nie trafia na dysk.",
      pages: "Z adresów stron zostają tylko znane części zapytania; słowa podobne do e-maila lub tajnego klucza są wszędzie zamazywane.",
      signals: "Przeglądarkę, która wysyła Global Privacy Control, traktuje się jak taką bez zgody.",
      visitors_default: "Przeglądarka jest znana dłużej niż dzień tylko za zgodą; bez niej po skrócie adresu i przeglądarki, którego klucz co dzień się wyrzuca. Identyfikator od serwera przyjmuje się, chyba że odwiedzający odmówił.",
      visitors_cnil: "Bez zgody nikt nie jest znany dłużej niż dzień, ktokolwiek wysyła zdarzenie: odwiedzającego zastępuje skrót adresu i przeglądarki, a jego klucz co dzień się wyrzuca.",
      customers_default: "Własny identyfikator osoby w sklepie zostaje, chyba że odwiedzający odmówił; e-mail jako skrót.",
      customers_cnil: "Własny identyfikator osoby w sklepie nie zostaje, chyba że odwiedzający się zgodził.",
      carts_default: "Ich numery zostają takie, jakie są, by można je było znaleźć w dokumentach sklepu.",
      carts_cnil: "Ich numery zostają jako skróty, chyba że odwiedzający się zgodził: rozróżniają zamówienia, a w dokumentach sklepu nie można ich znaleźć.",
      kept_for_ever: "Zdarzenia przechowuje się aż do usunięcia.",
      kept_days: "Zdarzenia przechowuje się po dniu (UTC) ich nadejścia tyle dni: {days}; potem same znikają z magazynu, archiwum i dziennika.",
      erasure: "Kto jest usunięty, od tej chwili nie występuje w żadnej odpowiedzi, a w plikach, gdy tylko zostaną przepisane; wcześniejsze kopie zapasowe nadal go zawierają.",
    },
    erasures: {
      heading: "Kogo usunięto",
      none: "Nikt o to nie prosił.",
      scroll: "Usunięcia, przewija się w bok",
      columns: { number: "Nr", asked: "Żądanie", state: "Stan", store: "Magazyn", archive: "Archiwum", journal: "Dziennik", by: "Kto zażądał" },
      done: "w żadnym pliku",
      hidden: "w żadnej odpowiedzi; pliki są przepisywane",
      how: "Liczby to zdarzenia. Aby kogoś usunąć:",
    },
  },
};
