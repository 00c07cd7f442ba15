// Auf Deutsch: Formulare: ein neuer Shop, ein Passwort, und warum etwas abgelehnt wurde.

export const words = {
  sending: { saved: "Gespeichert", keep: "So lassen", taken: "Ist kopiert" },

  new_site: {
    heading: "Noch ein Shop",
    lead: "Ein Server misst beliebig viele Shops; jeder hat sein eigenes Tag, seine Schlüssel und Berichte.",
    first: "Der erste Shop",
    first_lead: "Nennen Sie den Shop, den Styk messen soll; dann erhalten Sie das Tag für seine Seiten.",
    key: "Schlüssel",
    key_hint: "Kurz, für das Tag: a-z, 0-9, „-“, „_“, „.“. Er lässt sich später nicht ändern.",
    domains: "Hosts des Shops",
    domains_hint: "Einer pro Zeile, etwa shop.example. Subdomains zählen dazu; andere Seiten werden abgewiesen.",
    time_zone: "Zeitzone",
    time_zone_hint: "Wo seine Tage beginnen, etwa Europe/Berlin.",
    currency: "Währung",
    currency_hint: "Von Beträgen, die keine nennen, etwa EUR.",
    submit: "Shop hinzufügen",
    done: "Hinzugefügt",
  },

  password_link: {
    title: "Passwort wählen",
    lead: "Danach sind Sie angemeldet.",
    submit: "Passwort setzen und anmelden",
    over: "Dieser Link gilt nicht mehr",
    over_lead: "Er wurde benutzt oder ersetzt oder ist älter als eine Woche. Bitten Sie einen Besitzer des Servers um einen neuen.",
  },

  refusals: {
    bad_key: "Ein Schlüssel hat 1 bis 64 Zeichen: a-z, 0-9, „-“, „_“ und „.“, zuerst ein Buchstabe oder eine Ziffer.",
    site_taken: "Ein anderer Shop hat diesen Schlüssel.",
    bad_name: "Ein Name hat höchstens 100 Zeichen.",
    bad_domain: "Einer der Hosts ist keiner. Schreiben Sie nur den Namen, etwa shop.example, ohne https:// und Pfad.",
    no_domain: "Nennen Sie mindestens einen Host.",
    too_many_domains: "Höchstens 50 Hosts sind erlaubt.",
    bad_time_zone: "Diese Zeitzone ist nicht bekannt. Wählen Sie eine wie Europe/Berlin.",
    bad_currency: "Das ist keine Währung. Schreiben Sie ihre drei Buchstaben, etwa EUR.",
    bad_address: "Eine der Adressen ist keine, oder das Netz ist zu groß. Schreiben Sie etwa 203.0.113.7 oder 203.0.113.0/24.",
    too_many_keys: "Ein Shop hat höchstens 200 Schlüssel. Sperren Sie erst welche.",
    too_many_users: "Es gibt höchstens 1000 Benutzer. Entfernen Sie erst welche.",
    user_taken: "Diesen Benutzer gibt es schon.",
    bad_email: "Das ist keine E-Mail-Adresse.",
    weak_password: "Ein Passwort braucht mindestens 10 Zeichen.",
    wrong_password: "Das ist nicht das jetzige Passwort.",
    last_owner: "Niemand sonst ist ein Besitzer, der sich anmelden kann. Machen Sie erst jemand anderen dazu.",
    link_used: "Dieser Link wurde benutzt oder ersetzt oder ist abgelaufen.",
  },
};
