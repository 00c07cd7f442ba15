// Po polsku: ekran instalacji.

export const words = {
  install: {
    titles: {
      loading: "Instalacja",
      unknown: "Magazyn danych w tej chwili nie odpowiada",
      arriving: {
        one: "Zdarzenia nadchodzą: {n} w ostatnich {minutes} minutach",
        few: "Zdarzenia nadchodzą: {n} w ostatnich {minutes} minutach",
        many: "Zdarzenia nadchodzą: {n} w ostatnich {minutes} minutach",
        other: "Zdarzenia nadchodzą: {n} w ostatnich {minutes} minutach",
      },
      earlier: "Nic w ostatnich {minutes} minutach; ostatnie zdarzenie przyszło {ago} temu",
      silent: "Sklep wczytuje skrypt, ale żadne zdarzenie nie nadeszło",
      nothing: "Nie nadeszło jeszcze żadne zdarzenie",
    },
    said: {
      unknown: "Magazyn danych nie odpowiada.",
      arriving: "Zdarzenia nadchodzą.",
      earlier: "Ostatnio żadnych zdarzeń.",
      silent: "Skrypt jest wczytany, żadne zdarzenie nie nadeszło.",
      nothing: "Żadne zdarzenie nie nadeszło.",
    },
    leads: {
      unknown: "Zdarzenia są tymczasem zbierane. Ta strona zapyta ponownie sama.",
      arriving: "Ta strona sprawdza co kilka sekund.",
      earlier: "Otwórz stronę sklepu: powinna się tu pokazać w ciągu kilku sekund.",
      silent: "Coś nie pozwala jego stronom wysyłać: patrz niżej „Co może przeszkadzać”. Ta strona sprawdza co kilka sekund.",
      nothing: "Wklej znacznik, otwórz stronę sklepu i patrz na ten wiersz: zmieni się w ciągu kilku sekund.",
    },

    paste: {
      heading: "Wklej to",
      lead: "Na każdą stronę sklepu, przed </head>. Adres jest tym, pod którym otwarto ten panel; jeśli sklep łączy się ze Stykiem pod innym, wstaw tamten.",
      following: "Nadąża za każdą nową wersją Styka",
      pinned: "Tylko ta wersja, sprawdzana przez przeglądarki (SRI)",
      pinned_note: "Do zastąpienia po każdej aktualizacji Styka: starszy skrypt nie jest już podawany.",
      proxied: "Podawany pod własnym adresem sklepu? Przekazuj {script}, {pinned}, {events} i wszystko pod {events}/, z dowolnym przedrostkiem: skrypt wysyła tam, skąd został wczytany.",
      configured: "Zdarzenia idą do {events}, co nie leży obok skryptu; znacznik mówi to w data-styk-to.",
    },

    adapters: {
      heading: "Dla platformy bez dataLayer",
      lead: "Jeśli motyw lub wtyczki sklepu nie wkładają do dataLayer zdarzeń e-commerce GA4, adapter słyszy je od platformy. Jego znacznik idzie za powyższym.",
      platform: "Platforma",
      none: "Żadna: sklep wypełnia dataLayer",
      names: {
        woocommerce: "WooCommerce",
        "shopify-theme": "Shopify, motyw",
        "shopify-pixel": "Shopify, zamówienie (web pixel)",
        "adobe-commerce": "Adobe Commerce",
        prestashop: "PrestaShop",
      },
      code: "Kod piksela",
      code_note: "Panel Shopify → Ustawienia → Zdarzenia klientów → Dodaj własny piksel. Wysyła sam; znacznik nie jest mu potrzebny.",
      code_failed: "Nie udało się pobrać kodu. Wczytaj tę stronę ponownie.",
    },

    arrivals: {
      heading: "Co nadchodzi",
      last: "Ostatnie zdarzenie",
      ago: "{ago} temu",
      never: "Żadnego, dni: {days}",
      recent: "Ostatnie minuty: {minutes}",
      recent_note: "Z tego sklepu, wszystkie nazwy",
      lately: "Ostatnie dni: {days}",
      lately_note: "Według czasu nadejścia",
      fetched: "Skrypt pobrany",
      fetched_note: "Przez strony sklepu od {at}; przeglądarki trzymają go godzinę",
      not_fetched_note: "Nie widziano od {at}; strony mogą ukrywać, gdzie są",
      scroll: "Zdarzenia według nazwy, przewija się w bok",
      name: "Zdarzenie",
      none: "Nic, ostatnie dni: {days}.",
      newest: "Nazwy, które przyszły ostatnio: {n}.",
    },

    refused: { since_opened: "{n} od otwarcia tej strony" },

    unmapped: {
      heading: "Nazwy bez przypisania",
      none: "Każda nazwa z ostatnich dni ({days}) należy do GA4 lub Styka.",
      lead: "Tych nazw nie zna ani GA4, ani Styk. Są zachowane i liczone, każda w punkcie styku o jej nazwie; koszyki, zamówienia i zakupy ich nie znają. Wysyłaj zamiast nich nazwę GA4 albo daj im regułę w config/touchpoints.toml.",
      unseen: "Z dataLayer Styk bierze tylko nazwy e-commerce GA4. Inne nazwy nigdy nie opuszczają strony sklepu, więc ten serwer nie może ich wymienić; strona może. Tam, w konsoli przeglądarki:",
      line: "Wymień to, co leży w dataLayer, a czego Styk nie bierze",
    },

    consent: {
      heading: "Zgoda",
      none: "Nic nie nadeszło, ostatnie dni: {days}.",
      only: "Każde zdarzenie z ostatnich dni ({days}) ma stan „{state}”.",
      hints: {
        pending: "Odpowiedzi odwiedzających nie docierają do Styka: niech baner wywoła styk('consent', 'granted') albo styk('consent', 'denied').",
        denied: "Czy baner mówi Stykowi o zgodzie? Robi to styk('consent', 'granted').",
      },
      states: {
        granted: "Znani przez wiele dni, po identyfikatorze sklepu.",
        cookieless: "Nic nie zapisuje się w przeglądarce: ten sam odwiedzający jutro jest kimś innym.",
        pending: "Zapytani, jeszcze bez odpowiedzi: liczeni jak cookieless.",
        denied: "Liczeni w danym dniu, bez identyfikatora osoby w sklepie.",
        "(none)": "Nadawca nic nie powiedział.",
      },
      row: "{events}, dni: {days}",
      unseen: "Baner, który wczytuje znacznik dopiero po zgodzie, sprawia, że nikt inny nie jest liczony. Stron, na których znacznik nie działał, ten serwer nie widzi.",
    },

    blocks: {
      heading: "Co może przeszkadzać",
      running: "Próba z tej przeglądarki…",
      again: "Spróbuj ponownie",
      lead: "Z tej przeglądarki, pod adresem {origin}:",
      results: {
        script: {
          good: "{path} jest podawany, {bytes}.",
          blocked: "Nie udało się pobrać {path}: zatrzymała go sieć albo rozszerzenie tej przeglądarki, na przykład blokujące reklamy.",
          other: "{path} odpowiedział {status}: odpowiada tam coś innego niż Styk.",
        },
        pinned: {
          good: "Jego bajty są tymi z sumy kontrolnej.",
          blocked: "Nie udało się pobrać {path} albo coś po drodze go zmienia: przypięty znacznik by nie działał.",
          other: "{path} odpowiedział {status}: przypięty znacznik by nie działał.",
        },
        endpoint: {
          good: "{path} przyjmuje zdarzenia.",
          blocked: "Nie udało się dotrzeć do {path}: zatrzymała to sieć albo rozszerzenie tej przeglądarki, na przykład blokujące reklamy.",
          other: "{path} odpowiedział {status}: odpowiada tam coś innego niż Styk.",
        },
      },
      limits: "Nic się przez to nie liczy. O innych przeglądarkach ani o zasadach samego sklepu to nie mówi: czego strona nie może wysłać, to nie zostawia tu śladu. Konsola przeglądarki na stronie sklepu mówi wtedy „Refused to load” albo „Refused to connect”.",
      policy: "Jeśli sklep ma Content-Security-Policy, te dwie dyrektywy potrzebują adresu:",
      policy_note: "Nie trzeba niczego wbudowanego ani eval; gdzie skrypty potrzebują nonce, znacznik go przyjmie. Pod własnym adresem sklepu wystarczy 'self'.",
    },
  },

  no_events: {
    lead: "Styk nie odebrał jeszcze niczego z {site}. Wklej ten znacznik na każdą stronę sklepu, przed </head>:",
    tag: "Znacznik skryptu",
    after: "Otwórz sklep raz i sprawdź ponownie; zdarzenia pokazują się w ciągu kilku sekund. Ekran instalacji mówi na bieżąco, czy nadchodzą i co może je zatrzymywać.",
    watch: "Patrz, jak nadchodzą zdarzenia",
    look_again: "Sprawdź ponownie",
  },
};
