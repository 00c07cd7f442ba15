// In English: forms: a new shop, a password, and what a form was refused for.

export const words = {
  sending: { saved: "Saved", keep: "Leave it", taken: "I have copied it" },

  new_site: {
    heading: "Another shop",
    lead: "One server measures as many shops as you like; each has its own tag, keys and reports.",
    first: "The first shop",
    first_lead: "Name the shop that Styk shall measure; then you get the tag for its pages.",
    key: "Key",
    key_hint: "Short, for the tag: a-z, 0-9, “-”, “_”, “.”. It cannot be changed later.",
    domains: "Hosts of the shop",
    domains_hint: "One a line, such as shop.example. Subdomains are included; pages elsewhere are turned away.",
    time_zone: "Time zone",
    time_zone_hint: "Where its days begin, such as Europe/Warsaw.",
    currency: "Currency",
    currency_hint: "Of amounts that name none, such as EUR.",
    submit: "Add the shop",
    done: "Added",
  },

  password_link: {
    title: "Choose your password",
    lead: "Then you are signed in.",
    submit: "Set the password and sign in",
    over: "This link does not work any more",
    over_lead: "It was used or replaced, or is older than a week. Ask an owner of this server for a new one.",
  },

  // What a form was refused for, by the server's code.
  refusals: {
    bad_key: "A key has 1 to 64 of a-z, 0-9, “-”, “_” and “.”, a letter or digit first.",
    site_taken: "Another shop has this key.",
    bad_name: "A name has at most 100 characters.",
    bad_domain: "One of the hosts is none. Write the name alone, such as shop.example, without https:// and path.",
    no_domain: "Name at least one host.",
    too_many_domains: "At most 50 hosts are allowed.",
    bad_time_zone: "This time zone is not known. Choose one such as Europe/Warsaw.",
    bad_currency: "This is not a currency. Write its three letters, such as EUR.",
    bad_address: "One of the addresses is none, or too large a network. Write one such as 203.0.113.7 or 203.0.113.0/24.",
    too_many_keys: "A shop has at most 200 keys. Revoke some first.",
    too_many_users: "There are at most 1,000 users. Remove some first.",
    user_taken: "This user is there already.",
    bad_email: "This is not an e-mail address.",
    weak_password: "A password needs at least 10 characters.",
    wrong_password: "This is not the password that holds.",
    last_owner: "Nobody else is an owner who can sign in. Make another user an owner first.",
    link_used: "This link was used or replaced, or is over.",
  },
};
