// Auf Deutsch: die Ansicht zum Einbau.

export const words = {
  install: {
    titles: {
      loading: "Einbau",
      unknown: "Der Speicher antwortet gerade nicht",
      arriving: { one: "Ereignisse kommen an: {n} in den letzten {minutes} Minuten", other: "Ereignisse kommen an: {n} in den letzten {minutes} Minuten" },
      earlier: "Nichts in den letzten {minutes} Minuten; das letzte Ereignis kam vor {ago}",
      silent: "Der Shop lädt das Skript, aber kein Ereignis kam an",
      nothing: "Noch kam kein Ereignis an",
    },
    said: {
      unknown: "Der Speicher antwortet nicht.",
      arriving: "Ereignisse kommen an.",
      earlier: "Zuletzt kein Ereignis.",
      silent: "Das Skript ist geladen, kein Ereignis kam an.",
      nothing: "Kein Ereignis kam an.",
    },
    leads: {
      unknown: "Ereignisse werden weiter gesammelt. Diese Seite fragt von selbst wieder.",
      arriving: "Diese Seite sieht alle paar Sekunden nach.",
      earlier: "Öffnen Sie eine Seite des Shops: sie sollte hier binnen Sekunden erscheinen.",
      silent: "Etwas hält seine Seiten vom Senden ab: siehe „Was im Weg stehen kann“ unten. Diese Seite sieht alle paar Sekunden nach.",
      nothing: "Fügen Sie das Tag ein, öffnen Sie eine Seite des Shops und beobachten Sie diese Zeile: sie ändert sich binnen Sekunden.",
    },

    paste: {
      heading: "Das einfügen",
      lead: "In jede Seite des Shops, vor </head>. Die Adresse ist die, unter der Sie dieses Dashboard geöffnet haben; erreicht der Shop Styk unter einer anderen, setzen Sie jene ein.",
      following: "Folgt jeder neuen Version von Styk",
      pinned: "Nur diese Version, von Browsern geprüft (SRI)",
      pinned_note: "Nach jeder Aktualisierung von Styk zu ersetzen: ein älteres Skript wird nicht mehr ausgeliefert.",
      proxied: "Unter der eigenen Adresse des Shops ausgeliefert? Reichen Sie {script}, {pinned}, {events} und alles unter {events}/ durch, mit beliebigem Vorsatz: Das Skript sendet dorthin, woher es geladen wurde.",
      configured: "Ereignisse gehen an {events}, was nicht neben dem Skript liegt; das Tag sagt es in data-styk-to.",
    },

    adapters: {
      heading: "Für eine Plattform ohne dataLayer",
      lead: "Schreiben Thema oder Erweiterungen des Shops keine E-Commerce-Ereignisse von GA4 in den dataLayer, hört ein Adapter sie von der Plattform. Sein Tag kommt hinter das obige.",
      platform: "Plattform",
      none: "Keine: der Shop füllt den dataLayer",
      names: {
        woocommerce: "WooCommerce",
        "shopify-theme": "Shopify, Thema",
        "shopify-pixel": "Shopify, Kasse (Web Pixel)",
        "adobe-commerce": "Adobe Commerce",
        prestashop: "PrestaShop",
      },
      code: "Code des Pixels",
      code_note: "Shopify-Verwaltung → Einstellungen → Kundenereignisse → Benutzerdefiniertes Pixel hinzufügen. Es sendet von selbst; das Tag braucht es nicht.",
      code_failed: "Der Code ließ sich nicht holen. Bitte diese Seite neu laden.",
    },

    arrivals: {
      heading: "Was ankommt",
      last: "Letztes Ereignis",
      ago: "vor {ago}",
      never: "Keines in {days} Tagen",
      recent: "Letzte {minutes} Minuten",
      recent_note: "Von diesem Shop, alle Namen",
      lately: "Letzte {days} Tage",
      lately_note: "Nach der Zeit der Ankunft",
      fetched: "Skript geholt",
      fetched_note: "Von den Seiten des Shops seit {at}; Browser behalten es eine Stunde",
      not_fetched_note: "Nicht gesehen seit {at}; Seiten können verbergen, wo sie sind",
      scroll: "Ereignisse nach Namen, seitlich verschiebbar",
      name: "Ereignis",
      none: "Nichts in den letzten {days} Tagen.",
      newest: "Die {n} Namen, die zuletzt kamen.",
    },

    refused: { since_opened: "{n}, seit diese Seite offen ist" },

    unmapped: {
      heading: "Namen ohne Zuordnung",
      none: "Jeder Name der letzten {days} Tage ist einer von GA4 oder Styk.",
      lead: "Diese Namen kennt weder GA4 noch Styk. Sie werden behalten und gezählt, jeder an einem Kontaktpunkt seines Namens; Warenkörbe, Kassen und Bestellungen kennen sie nicht. Senden Sie stattdessen den Namen von GA4, oder geben Sie ihnen eine Regel in config/touchpoints.toml.",
      unseen: "Aus dem dataLayer nimmt Styk nur die E-Commerce-Namen von GA4. Andere Namen verlassen die Seite des Shops nie, darum kann dieser Server sie nicht auflisten; die Seite kann es. Dort in der Konsole des Browsers:",
      line: "Auflisten, was im dataLayer liegt und Styk liegen lässt",
    },

    consent: {
      heading: "Einwilligung",
      none: "In den letzten {days} Tagen kam nichts an.",
      only: "Jedes Ereignis der letzten {days} Tage ist „{state}“.",
      hints: {
        pending: "Die Antworten der Besucher erreichen Styk nicht: Das Banner soll styk('consent', 'granted') oder styk('consent', 'denied') rufen.",
        denied: "Sagt das Banner Styk auch ein Ja? styk('consent', 'granted') tut es.",
      },
      states: {
        granted: "Über Tage bekannt, mit einer Kennung des Shops.",
        cookieless: "Im Browser wird nichts abgelegt: derselbe Besucher ist morgen ein anderer.",
        pending: "Gefragt und noch nicht geantwortet: wie cookieless gezählt.",
        denied: "Für den Tag gezählt, ohne die Kennung des Shops für die Person.",
        "(none)": "Der Absender sagte nichts.",
      },
      row: "{events} in {days} Tagen",
      unseen: "Ein Banner, das das Tag erst nach einem Ja lädt, verhindert, dass alle anderen gezählt werden. Seiten, auf denen das Tag nicht lief, sieht dieser Server nicht.",
    },

    blocks: {
      heading: "Was im Weg stehen kann",
      running: "Versuch aus diesem Browser…",
      again: "Noch einmal versuchen",
      lead: "Aus diesem Browser, bei {origin}:",
      results: {
        script: {
          good: "{path} wird ausgeliefert, {bytes}.",
          blocked: "{path} ließ sich nicht holen: Das Netz oder eine Erweiterung dieses Browsers, etwa ein Werbeblocker, hielt es auf.",
          other: "{path} antwortete {status}: Dort antwortet etwas anderes als Styk.",
        },
        pinned: {
          good: "Seine Bytes sind die der Prüfsumme.",
          blocked: "{path} ließ sich nicht holen, oder etwas unterwegs verändert es: Das festgelegte Tag liefe nicht.",
          other: "{path} antwortete {status}: Das festgelegte Tag liefe nicht.",
        },
        endpoint: {
          good: "{path} nimmt Ereignisse an.",
          blocked: "{path} war nicht zu erreichen: Das Netz oder eine Erweiterung dieses Browsers, etwa ein Werbeblocker, hielt es auf.",
          other: "{path} antwortete {status}: Dort antwortet etwas anderes als Styk.",
        },
      },
      limits: "Dadurch wird nichts gezählt. Über andere Browser und die eigene Richtlinie des Shops sagt es nichts: Was eine Seite nicht senden darf, hinterlässt hier keine Spur. Die Konsole des Browsers sagt auf der Seite des Shops dann „Refused to load“ oder „Refused to connect“.",
      policy: "Hat der Shop eine Content-Security-Policy, brauchen diese beiden Anweisungen die Adresse:",
      policy_note: "Nichts Eingebettetes und kein eval ist nötig; wo Skripte ein Nonce brauchen, nimmt das Tag eines. Unter der eigenen Adresse des Shops genügt 'self'.",
    },
  },

  no_events: {
    lead: "Von {site} hat Styk noch nichts empfangen. Fügen Sie dieses Tag in jede Seite des Shops ein, vor </head>:",
    tag: "Skript-Tag",
    after: "Öffnen Sie den Shop einmal und sehen Sie dann wieder nach; Ereignisse erscheinen binnen Sekunden. Die Ansicht zum Einbau sagt laufend, ob sie ankommen und was sie aufhalten mag.",
    watch: "Ereignisse ankommen sehen",
    look_again: "Wieder nachsehen",
  },
};
