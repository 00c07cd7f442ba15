// In English: the privacy screen.

export const words = {
  privacy: {
    loading: "Privacy",
    headlines: {
      default: "What consent allows is known, and kept {kept}",
      cnil: "Nobody is known beyond the day without a yes, and events are kept {kept}",
    },
    for_ever: "until it is erased",
    days: { one: "for {n} day", other: "for {n} days" },
    lead: "What holds for this shop at this moment, as the server does it.",
    heading: "What is known of visitors",
    change: "Change this",
    subjects: {
      addresses: "Addresses",
      pages: "Pages",
      signals: "Signals",
      visitors: "Visitors",
      customers: "Customers",
      "orders and carts": "Orders and carts",
      retention: "Retention",
      erasure: "Erasure",
    },
    // The server's own sentences, word for word.
    statements: {
      addresses: "No IP address is ever written to disk.",
      pages: "Of page addresses only known parts of the query are kept; words that look like an e-mail or a secret are redacted everywhere.",
      signals: "A browser that sends Global Privacy Control is treated as one without consent.",
      visitors_default: "A browser is known beyond the day only with consent; without it by a hash of address and browser whose key is thrown away every day. A server's visitor id is taken unless the visitor said no.",
      visitors_cnil: "Nobody is known beyond the day without having said yes, whoever sends the event: a hash of address and browser stands for the visitor, and its key is thrown away every day.",
      customers_default: "The shop's own id of a person is kept unless the visitor said no; an e-mail as a hash.",
      customers_cnil: "The shop's own id of a person is not kept unless the visitor said yes.",
      carts_default: "Their numbers are kept as they are, so that they can be found in the shop's records.",
      carts_cnil: "Their numbers are kept as hashes unless the visitor said yes: they tell orders apart and cannot be found in the shop's records.",
      kept_for_ever: "Events are kept until they are erased.",
      kept_days: "Events are kept for {days} days after the day (UTC) of their arrival; then they leave the store, the archive and the journal by themselves.",
      erasure: "Who is erased is in no answer from that moment on, and out of every file as soon as those are rewritten; backups that were made before still hold them.",
    },
    erasures: {
      heading: "Who was erased",
      none: "Nobody has asked for it.",
      scroll: "Erasures, scrolls sideways",
      columns: { number: "No.", asked: "Asked", state: "State", store: "Store", archive: "Archive", journal: "Journal", by: "Asked by" },
      done: "in no file",
      hidden: "in no answer; files are being rewritten",
      how: "The numbers are events. To erase somebody:",
    },
  },
};
