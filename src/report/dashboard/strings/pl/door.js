// Po polsku: logowanie, konfiguracja, wybór sklepu.

export const words = {
  login: {
    title: "Zaloguj się",
    email: "E-mail",
    password: "Hasło",
    submit: "Zaloguj się",
    submitting: "Logowanie…",
  },

  setup: {
    title: "Skonfiguruj Styk",
    lead: "Wybierz, jak będziesz się logować. Ten serwer będzie należeć do Ciebie.",
    email: "E-mail",
    password: "Hasło",
    password_hint: "Kilka słów pod rząd łatwo zapamiętać i trudno odgadnąć.",
    submit: "Utwórz właściciela i zaloguj się",
    submitting: "Konfigurowanie…",
    no_token: "Ten link jest niepełny",
    no_token_lead: "Skopiuj cały link z terminala, w którym uruchomiono Styk; to jeden wiersz zakończony długim kodem po #.",
    used: "Tego linku już użyto",
    used_lead: "Link konfiguracyjny działa raz. Jeśli Styk został przez Ciebie skonfigurowany, zaloguj się.",
    to_login: "Przejdź do logowania",
  },

  sites: {
    title: "Sklepy",
    lead: "Wybierz sklep, na który chcesz spojrzeć.",
    none: "Nie ma jeszcze sklepu",
    none_lead: "Dodaje go właściciel serwera.",
    none_retry: "Sprawdź ponownie",
    unknown: "Nie ma tu sklepu „{key}”",
    unknown_lead: "Mógł zmienić nazwę albo nie masz do niego dostępu.",
    to_sites: "Pokaż moje sklepy",
  },
};
