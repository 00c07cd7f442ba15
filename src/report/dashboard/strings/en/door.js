// In English: signing in, setting up, choosing a site.

export const words = {
  login: {
    title: "Sign in",
    email: "E-mail",
    password: "Password",
    submit: "Sign in",
    submitting: "Signing in…",
  },

  setup: {
    title: "Set up Styk",
    lead: "Choose how you will sign in. You become this server’s owner.",
    email: "E-mail",
    password: "Password",
    password_hint: "A few words in a row are easy to keep in mind and hard to guess.",
    submit: "Create the owner and sign in",
    submitting: "Setting up…",
    no_token: "This link is incomplete",
    no_token_lead: "Copy the whole set-up link from the terminal where Styk was started; it is one line that ends in a long code after #.",
    used: "This link was already used",
    used_lead: "A set-up link works once. If you set Styk up, sign in.",
    to_login: "Go to sign-in",
  },

  sites: {
    title: "Sites",
    lead: "Choose the shop to look at.",
    none: "No site yet",
    none_lead: "A site is one shop that Styk measures. An owner adds it.",
    none_retry: "Look again",
    unknown: "There is no site “{key}” here",
    unknown_lead: "It may have been renamed, or you may not be allowed to see it.",
    to_sites: "Show my sites",
  },
};
