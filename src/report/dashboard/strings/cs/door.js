// Česky: přihlášení, zřízení, výběr obchodu.

export const words = {
  login: {
    title: "Přihlášení",
    email: "E-mail",
    password: "Heslo",
    submit: "Přihlásit se",
    submitting: "Přihlašuje se…",
  },

  setup: {
    title: "Zřízení Styku",
    lead: "Zvolte, jak se budete přihlašovat. Tento server bude patřit vám.",
    email: "E-mail",
    password: "Heslo",
    password_hint: "Několik slov za sebou se dobře pamatuje a špatně hádá.",
    submit: "Vytvořit vlastníka a přihlásit se",
    submitting: "Zřizuje se…",
    no_token: "Tento odkaz není celý",
    no_token_lead: "Zkopírujte celý odkaz z terminálu, kde byl Styk spuštěn; je to jeden řádek s dlouhým kódem za #.",
    used: "Tento odkaz už byl použit",
    used_lead: "Odkaz ke zřízení platí jednou. Pokud jste Styk zřídili, přihlaste se.",
    to_login: "K přihlášení",
  },

  sites: {
    title: "Obchody",
    lead: "Vyberte obchod, na který se chcete podívat.",
    none: "Zatím žádný obchod",
    none_lead: "Přidá ho vlastník serveru.",
    none_retry: "Podívat se znovu",
    unknown: "Obchod „{key}“ tu není",
    unknown_lead: "Možná byl přejmenován, nebo ho nesmíte vidět.",
    to_sites: "Ukázat mé obchody",
  },
};
