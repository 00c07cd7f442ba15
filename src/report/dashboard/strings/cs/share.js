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
    over: "Tento odkaz už neplatí",
    over_lead: "Vypršel, nebo byl zrušen. O nový požádejte toho, kdo ho poslal.",
  },
};
