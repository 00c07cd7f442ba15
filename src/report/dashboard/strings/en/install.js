// In English: the install screen.

export const words = {
  install: {
    titles: {
      loading: "Install",
      unknown: "The store does not answer at the moment",
      arriving: { one: "Events arrive: {n} in the last {minutes} minutes", other: "Events arrive: {n} in the last {minutes} minutes" },
      earlier: "Nothing in the last {minutes} minutes; the last event came {ago} ago",
      silent: "The shop loads the script, but no event has arrived",
      nothing: "No event has arrived yet",
    },
    said: {
      unknown: "The store does not answer.",
      arriving: "Events arrive.",
      earlier: "No event lately.",
      silent: "The script is loaded, no event has arrived.",
      nothing: "No event has arrived.",
    },
    leads: {
      unknown: "Events are collected meanwhile. This page asks again by itself.",
      arriving: "This page looks again every few seconds.",
      earlier: "Open a page of the shop: it should show here within a few seconds.",
      silent: "Something keeps its pages from sending: see “What may block” below. This page looks again every few seconds.",
      nothing: "Paste the tag, open a page of the shop, and watch this line: it changes within a few seconds.",
    },

    paste: {
      heading: "Paste this",
      lead: "Into every page of the shop, before </head>. The address is the one by which you opened this dashboard; if the shop reaches Styk by another, put that one in.",
      following: "Follows every new version of Styk",
      pinned: "Only this version, which browsers verify (SRI)",
      pinned_note: "To be replaced after every update of Styk: an older script is not served any more.",
      proxied: "Served below the shop’s own address? Pass on {script}, {pinned}, {events} and what lies below {events}/, under any prefix: the script sends to where it was loaded from.",
      configured: "Events go to {events}, which is not beside the script, so the tag says so in data-styk-to.",
    },

    adapters: {
      heading: "For a platform without a dataLayer",
      lead: "If the shop’s theme or plugins push no e-commerce events of GA4 into the dataLayer, an adapter hears them from the platform. Its tag comes behind the one above.",
      platform: "Platform",
      none: "None: the shop fills the dataLayer",
      names: {
        woocommerce: "WooCommerce",
        "shopify-theme": "Shopify, theme",
        "shopify-pixel": "Shopify, checkout (web pixel)",
        "adobe-commerce": "Adobe Commerce",
        prestashop: "PrestaShop",
      },
      code: "Code of the pixel",
      code_note: "Shopify admin → Settings → Customer events → Add custom pixel. It sends by itself; the tag is not needed for it.",
      code_failed: "The code could not be fetched. Reload this page.",
    },

    arrivals: {
      heading: "What arrives",
      last: "Last event",
      ago: "{ago} ago",
      never: "None in {days} days",
      recent: "Last {minutes} minutes",
      recent_note: "Of this site, all names",
      lately: "Last {days} days",
      lately_note: "By the time of arrival",
      fetched: "Script fetched",
      fetched_note: "By the shop’s pages since {at}; browsers keep it for an hour",
      not_fetched_note: "Not seen since {at}; pages may hide where they are",
      scroll: "Events by name, scrolls sideways",
      name: "Event",
      none: "Nothing in the last {days} days.",
      newest: "The {n} names that came last.",
    },

    refused: { since_opened: "{n} since you opened this page" },

    unmapped: {
      heading: "Names that are not mapped",
      none: "Every name of the last {days} days is one of GA4’s or Styk’s.",
      lead: "These names are neither GA4’s nor Styk’s. They are kept and counted, each at a touchpoint of its own name; what is about carts, checkouts and orders does not know them. Send GA4’s name instead, or give them a rule in config/touchpoints.toml.",
      unseen: "Styk takes only GA4’s e-commerce names from the dataLayer. Other names there never leave the shop’s page, so this server cannot list them; the shop’s page can. In the browser’s console there:",
      line: "List what the dataLayer holds and Styk leaves alone",
    },

    consent: {
      heading: "Consent",
      none: "Nothing arrived in the last {days} days.",
      only: "Every event of the last {days} days is “{state}”.",
      hints: {
        pending: "The visitors’ answers do not reach Styk: let the banner call styk('consent', 'granted') or styk('consent', 'denied').",
        denied: "Does the banner tell Styk about a yes? styk('consent', 'granted') does.",
      },
      states: {
        granted: "Known by an id of the shop’s own, over days.",
        cookieless: "Nothing is stored in the browser: the same visitor is another one tomorrow.",
        pending: "Asked, and not answered yet: counted as cookieless.",
        denied: "Counted for the day, without the shop’s id of the person.",
        "(none)": "The sender said nothing.",
      },
      row: "{events} in {days} days",
      unseen: "A banner that loads the tag only after a yes keeps everybody else from being counted. This server cannot see pages on which the tag did not run.",
    },

    blocks: {
      heading: "What may block",
      running: "Trying from this browser…",
      again: "Try again",
      lead: "From this browser, at {origin}:",
      results: {
        script: {
          good: "{path} is served, {bytes}.",
          blocked: "{path} could not be fetched: the network, or an extension of this browser such as an ad blocker, stopped it.",
          other: "{path} answered {status}: something other than Styk answers there.",
        },
        pinned: {
          good: "Its bytes are those of the integrity hash.",
          blocked: "{path} could not be fetched, or something on the way changes it: the pinned tag would not run.",
          other: "{path} answered {status}: the pinned tag would not run.",
        },
        endpoint: {
          good: "{path} takes events.",
          blocked: "{path} could not be reached: the network, or an extension of this browser such as an ad blocker, stopped it.",
          other: "{path} answered {status}: something other than Styk answers there.",
        },
      },
      limits: "Nothing is counted by this. It says nothing of other browsers, nor of the shop’s own policy: what a page is kept from sending leaves no trace here. The browser’s console on the shop’s page says “Refused to load” or “Refused to connect” then.",
      policy: "If the shop has a Content-Security-Policy, these two directives need the address:",
      policy_note: "Nothing inline and no eval is needed; where scripts need a nonce, the tag takes one. Served below the shop’s own address, 'self' is enough.",
    },
  },

  no_events: {
    lead: "Styk has received nothing for {site}. Paste this tag into every page of the shop, before </head>:",
    tag: "Script tag",
    after: "Open the shop once, then look again; events show within a few seconds. The install screen says live whether they arrive, and what may keep them away.",
    watch: "Watch events arrive",
    look_again: "Look again",
  },
};
