// Česky: odkazy ke sdílení.

export const words = {
  share: {
    summary: "Sdílet",
    moves: "Kdo má odkaz, vidí tento přehled 30 dní bez přihlášení. Posouvá se s kalendářem.",
    stays: "Kdo má odkaz, vidí přehled těchto dnů 30 dní bez přihlášení.",
    make: "Vytvořit odkaz",
    link: "Odkaz",
    copy: "Kopírovat odkaz",
    about: "{site}, {period}. Odkaz platí do {until}.",
    for_programs: "Tento odkaz zatím nemá stránku",
    for_programs_lead: "Mohou se jím ptát programy: klíč stojí za #, a otázku řekne GET /v1/share.",
    over: "Tento odkaz už neplatí",
    over_lead: "Vypršel, nebo byl zrušen. O nový požádejte toho, kdo ho poslal.",
  },
};
