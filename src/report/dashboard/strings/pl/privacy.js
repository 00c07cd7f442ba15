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
