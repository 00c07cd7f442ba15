// Česky: formuláře: nový obchod, heslo a důvody odmítnutí.

export const words = {
  sending: { saved: "Uloženo", keep: "Ponechat", taken: "Mám zkopírováno" },

  new_site: {
    heading: "Další obchod",
    lead: "Jeden server měří, kolik obchodů chcete; každý má vlastní značku, klíče a přehledy.",
    first: "První obchod",
    first_lead: "Uveďte obchod, který má Styk měřit; pak dostanete značku na jeho stránky.",
    key: "Klíč",
    key_hint: "Krátký, do značky: a-z, 0-9, „-“, „_“, „.“. Později ho nelze změnit.",
    domains: "Hostitelé obchodu",
    domains_hint: "Jeden na řádek, například shop.example. Poddomény jsou zahrnuty; jiné stránky se odmítají.",
    time_zone: "Časové pásmo",
    time_zone_hint: "Kde začínají jeho dny, například Europe/Prague.",
    currency: "Měna",
    currency_hint: "Částek, které žádnou neuvádějí, například CZK.",
    submit: "Přidat obchod",
    done: "Přidáno",
  },

  password_link: {
    title: "Zvolte si heslo",
    lead: "Pak budete přihlášeni.",
    submit: "Nastavit heslo a přihlásit",
    over: "Tento odkaz už neplatí",
    over_lead: "Byl použit nebo nahrazen, nebo je starší než týden. O nový požádejte vlastníka serveru.",
  },

  refusals: {
    bad_key: "Klíč má 1 až 64 znaků: a-z, 0-9, „-“, „_“ a „.“, začíná písmenem nebo číslicí.",
    site_taken: "Tento klíč má jiný obchod.",
    bad_name: "Název má nejvýš 100 znaků.",
    bad_domain: "Jeden z hostitelů jím není. Napište samotný název, například shop.example, bez https:// a cesty.",
    no_domain: "Uveďte aspoň jednoho hostitele.",
    too_many_domains: "Povoleno je nejvýš 50 hostitelů.",
    bad_time_zone: "Toto časové pásmo není známo. Zvolte třeba Europe/Prague.",
    bad_currency: "Toto není měna. Napište její tři písmena, například CZK.",
    bad_address: "Jedna z adres jí není, nebo je síť příliš velká. Napište například 203.0.113.7 nebo 203.0.113.0/24.",
    too_many_keys: "Obchod má nejvýš 200 klíčů. Nejdřív některé zrušte.",
    too_many_users: "Uživatelů je nejvýš 1000. Nejdřív některé odeberte.",
    user_taken: "Tento uživatel už tu je.",
    bad_email: "Toto není e-mailová adresa.",
    weak_password: "Heslo musí mít aspoň 10 znaků.",
    wrong_password: "Toto není nynější heslo.",
    last_owner: "Nikdo jiný není vlastník, který se může přihlásit. Nejdřív jím učiňte někoho jiného.",
    link_used: "Tento odkaz byl použit nebo nahrazen, nebo vypršel.",
  },
};
