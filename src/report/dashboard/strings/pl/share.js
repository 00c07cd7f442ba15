// Po polsku: linki do udostępniania.

export const words = {
  share: {
    summary: "Udostępnij",
    moves: "Kto ma link, widzi ten raport bez logowania przez 30 dni. Raport idzie z kalendarzem.",
    stays: "Kto ma link, widzi raport z tych dni bez logowania przez 30 dni.",
    make: "Utwórz link",
    link: "Link",
    copy: "Kopiuj link",
    about: "{site}, {period}. Link działa do {until}.",
    over: "Ten link już nie działa",
    over_lead: "Wygasł albo został cofnięty. Poproś o nowy osobę, która go wysłała.",
  },
};
