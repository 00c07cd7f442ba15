// Po polsku: formularze: nowy sklep, hasło i powody odmowy.

export const words = {
  sending: { saved: "Zapisano", keep: "Zostaw", taken: "Mam już kopię" },

  new_site: {
    heading: "Kolejny sklep",
    lead: "Jeden serwer mierzy dowolnie wiele sklepów; każdy ma własny znacznik, klucze i raporty.",
    first: "Pierwszy sklep",
    first_lead: "Podaj sklep, który Styk ma mierzyć; potem dostaniesz znacznik na jego strony.",
    key: "Klucz",
    key_hint: "Krótki, do znacznika: a-z, 0-9, „-”, „_”, „.”. Później nie można go zmienić.",
    domains: "Hosty sklepu",
    domains_hint: "Po jednym w wierszu, na przykład shop.example. Subdomeny są wliczone; inne strony są odrzucane.",
    time_zone: "Strefa czasowa",
    time_zone_hint: "Gdzie zaczynają się jego dni, na przykład Europe/Warsaw.",
    currency: "Waluta",
    currency_hint: "Kwot, które żadnej nie podają, na przykład PLN.",
    submit: "Dodaj sklep",
    done: "Dodano",
  },

  password_link: {
    title: "Wybierz hasło",
    lead: "Potem od razu się zalogujesz.",
    submit: "Ustaw hasło i zaloguj",
    over: "Ten link już nie działa",
    over_lead: "Został użyty lub zastąpiony albo ma więcej niż tydzień. Poproś właściciela serwera o nowy.",
  },

  refusals: {
    bad_key: "Klucz ma od 1 do 64 znaków: a-z, 0-9, „-”, „_” i „.”, a zaczyna się literą lub cyfrą.",
    site_taken: "Inny sklep ma ten klucz.",
    bad_name: "Nazwa ma najwyżej 100 znaków.",
    bad_domain: "Jeden z hostów nim nie jest. Napisz samą nazwę, na przykład shop.example, bez https:// i ścieżki.",
    no_domain: "Podaj co najmniej jeden host.",
    too_many_domains: "Dozwolonych jest najwyżej 50 hostów.",
    bad_time_zone: "Ta strefa czasowa nie jest znana. Wybierz na przykład Europe/Warsaw.",
    bad_currency: "To nie jest waluta. Napisz jej trzy litery, na przykład PLN.",
    bad_address: "Jeden z adresów nim nie jest albo sieć jest za duża. Napisz na przykład 203.0.113.7 lub 203.0.113.0/24.",
    too_many_keys: "Sklep ma najwyżej 200 kluczy. Najpierw unieważnij któreś.",
    too_many_users: "Użytkowników jest najwyżej 1000. Najpierw usuń kogoś.",
    user_taken: "Ten użytkownik już tu jest.",
    bad_email: "To nie jest adres e-mail.",
    weak_password: "Hasło musi mieć co najmniej 10 znaków.",
    wrong_password: "To nie jest obecne hasło.",
    last_owner: "Nikt inny nie jest właścicielem, który może się zalogować. Najpierw uczyń nim kogoś innego.",
    link_used: "Ten link został użyty lub zastąpiony albo wygasł.",
  },
};
