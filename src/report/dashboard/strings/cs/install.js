// Česky: obrazovka instalace.

export const words = {
  install: {
    titles: {
      loading: "Instalace",
      unknown: "Úložiště teď neodpovídá",
      arriving: {
        one: "Události přicházejí: {n} za posledních {minutes} minut",
        few: "Události přicházejí: {n} za posledních {minutes} minut",
        many: "Události přicházejí: {n} za posledních {minutes} minut",
        other: "Události přicházejí: {n} za posledních {minutes} minut",
      },
      earlier: "Za posledních {minutes} minut nic; poslední událost přišla před {ago}",
      silent: "Obchod načítá skript, ale žádná událost nepřišla",
      nothing: "Zatím nepřišla žádná událost",
    },
    said: {
      unknown: "Úložiště neodpovídá.",
      arriving: "Události přicházejí.",
      earlier: "Poslední dobou žádná událost.",
      silent: "Skript je načten, žádná událost nepřišla.",
      nothing: "Žádná událost nepřišla.",
    },
    leads: {
      unknown: "Události se mezitím sbírají. Tato stránka se zeptá sama znovu.",
      arriving: "Tato stránka se dívá každých pár sekund.",
      earlier: "Otevřete stránku obchodu: měla by se tu během pár sekund ukázat.",
      silent: "Něco jeho stránkám brání odesílat: viz níže „Co může bránit“. Tato stránka se dívá každých pár sekund.",
      nothing: "Vložte značku, otevřete stránku obchodu a sledujte tento řádek: během pár sekund se změní.",
    },

    paste: {
      heading: "Vložte toto",
      lead: "Do každé stránky obchodu, před </head>. Adresa je ta, pod kterou jste otevřeli tento panel; pokud obchod dosáhne na Styk pod jinou, vložte tu.",
      following: "Drží krok s každou novou verzí Styku",
      pinned: "Jen tato verze, kterou prohlížeče ověřují (SRI)",
      pinned_note: "Po každé aktualizaci Styku je třeba ji nahradit: starší skript se už nepodává.",
      proxied: "Podává se pod vlastní adresou obchodu? Předávejte {script}, {pinned}, {events} a vše pod {events}/, s libovolnou předponou: skript odesílá tam, odkud byl načten.",
      configured: "Události jdou na {events}, což není vedle skriptu; značka to říká v data-styk-to.",
    },

    adapters: {
      heading: "Pro platformu bez dataLayer",
      lead: "Pokud šablona nebo doplňky obchodu nevkládají do dataLayer události e-commerce GA4, adaptér je slyší od platformy. Jeho značka patří za tu výše.",
      platform: "Platforma",
      none: "Žádná: obchod plní dataLayer",
      names: {
        woocommerce: "WooCommerce",
        "shopify-theme": "Shopify, šablona",
        "shopify-pixel": "Shopify, pokladna (web pixel)",
        "adobe-commerce": "Adobe Commerce",
        prestashop: "PrestaShop",
      },
      code: "Kód pixelu",
      code_note: "Správa Shopify → Nastavení → Zákaznické události → Přidat vlastní pixel. Odesílá sám; značku nepotřebuje.",
      code_failed: "Kód se nepodařilo stáhnout. Načtěte tuto stránku znovu.",
    },

    arrivals: {
      heading: "Co přichází",
      last: "Poslední událost",
      ago: "před {ago}",
      never: "Žádná, dnů: {days}",
      recent: "Posledních {minutes} minut",
      recent_note: "Z tohoto obchodu, všechny názvy",
      lately: "Posledních {days} dní",
      lately_note: "Podle času příchodu",
      fetched: "Skript stažen",
      fetched_note: "Stránkami obchodu od {at}; prohlížeče si ho hodinu nechají",
      not_fetched_note: "Neviděn od {at}; stránky mohou skrývat, kde jsou",
      scroll: "Události podle názvu, posouvá se do stran",
      name: "Událost",
      none: "Za posledních {days} dní nic.",
      newest: "Názvy, které přišly naposledy: {n}.",
    },

    refused: { since_opened: "{n} od otevření této stránky" },

    unmapped: {
      heading: "Názvy bez přiřazení",
      none: "Každý název za posledních {days} dní patří GA4 nebo Styku.",
      lead: "Tyto názvy nezná GA4 ani Styk. Uchovávají se a počítají, každý u styčného bodu svého jména; košíky, objednávky a nákupy je neznají. Posílejte místo nich název GA4, nebo jim dejte pravidlo v config/touchpoints.toml.",
      unseen: "Z dataLayer bere Styk jen názvy e-commerce GA4. Jiné názvy stránku obchodu nikdy neopustí, takže je tento server nemůže vypsat; stránka může. Tam, v konzoli prohlížeče:",
      line: "Vypsat, co je v dataLayer a co Styk nebere",
    },

    consent: {
      heading: "Souhlas",
      none: "Za posledních {days} dní nic nepřišlo.",
      only: "Každá událost posledních {days} dní je „{state}“.",
      hints: {
        pending: "Odpovědi návštěvníků se ke Styku nedostanou: ať lišta zavolá styk('consent', 'granted') nebo styk('consent', 'denied').",
        denied: "Říká lišta Styku i o souhlasu? Dělá to styk('consent', 'granted').",
      },
      states: {
        granted: "Známi po více dní podle označení obchodu.",
        cookieless: "V prohlížeči se nic neukládá: tentýž návštěvník je zítra někdo jiný.",
        pending: "Dotázáni, zatím bez odpovědi: počítají se jako cookieless.",
        denied: "Počítají se pro daný den, bez označení osoby v obchodě.",
        "(none)": "Odesílatel nic neřekl.",
      },
      row: "{events}, dnů: {days}",
      unseen: "Lišta, která načte značku až po souhlasu, způsobí, že nikdo jiný se nepočítá. Stránky, na kterých značka neběžela, tento server nevidí.",
    },

    blocks: {
      heading: "Co může bránit",
      running: "Zkouší se z tohoto prohlížeče…",
      again: "Zkusit znovu",
      lead: "Z tohoto prohlížeče, na {origin}:",
      results: {
        script: {
          good: "{path} se podává, {bytes}.",
          blocked: "{path} se nepodařilo stáhnout: zastavila ho síť nebo rozšíření tohoto prohlížeče, třeba blokující reklamy.",
          other: "{path} odpověděl {status}: odpovídá tam něco jiného než Styk.",
        },
        pinned: {
          good: "Jeho bajty odpovídají kontrolnímu součtu.",
          blocked: "{path} se nepodařilo stáhnout, nebo ho něco cestou mění: připnutá značka by neběžela.",
          other: "{path} odpověděl {status}: připnutá značka by neběžela.",
        },
        endpoint: {
          good: "{path} přijímá události.",
          blocked: "Na {path} se nepodařilo dosáhnout: zastavila to síť nebo rozšíření tohoto prohlížeče, třeba blokující reklamy.",
          other: "{path} odpověděl {status}: odpovídá tam něco jiného než Styk.",
        },
      },
      limits: "Nic se tím nepočítá. O jiných prohlížečích ani o vlastních pravidlech obchodu to nic neříká: co stránka nesmí odeslat, nezanechá tu stopu. Konzole prohlížeče na stránce obchodu pak říká „Refused to load“ nebo „Refused to connect“.",
      policy: "Pokud má obchod Content-Security-Policy, potřebují adresu tyto dvě direktivy:",
      policy_note: "Není třeba nic vloženého ani eval; kde skripty potřebují nonce, značka ho přijme. Pod vlastní adresou obchodu stačí 'self'.",
    },
  },

  no_events: {
    lead: "Z {site} Styk zatím nic nepřijal. Vložte tuto značku do každé stránky obchodu, před </head>:",
    tag: "Značka skriptu",
    after: "Otevřete jednou obchod a pak se podívejte znovu; události se ukážou během pár sekund. Obrazovka instalace průběžně říká, zda přicházejí a co je může zdržovat.",
    watch: "Sledovat příchod událostí",
    look_again: "Podívat se znovu",
  },
};
