// What the install screen makes of an answer. Pure: plain objects in, plain objects out.

/** What is taken from a dataLayer, as in js-snippet/src/commerce.js; a test holds the two together. */
export const COMMERCE_NAME = /^((view|select|add|remove|begin)_\w+|purchase|refund|search|login)$/;

/** Typed into the console of a shop's page, lists the names in its dataLayer that Styk leaves alone. */
export const DATALAYER_LINE =
  `[...new Set(dataLayer.map((m) => m.event ?? (m[0] === "event" ? m[1] : "")))]` +
  `.filter((name) => name && !/^gtm\\./.test(name) && !${COMMERCE_NAME}.test(name))`;

/** How it goes: "unknown" | "arriving" | "earlier" | "silent" | "nothing". */
export function stateOf({ recent, fetched }) {
  if (!recent) {
    return "unknown";
  }
  if (recent.all.recent_events > 0) {
    return "arriving";
  }
  if (recent.all.events > 0) {
    return "earlier";
  }
  return fetched ? "silent" : "nothing";
}

/** A tag of the server's with the address the world knows it by. */
export const tagAt = (tag, origin) => tag.replaceAll("{origin}", origin);

/** The pixel's code with the two words in it that stand for the shop's own. */
export const pixelAt = (code, endpoint, key) => code.replaceAll('"https://HOST/s"', JSON.stringify(endpoint)).replaceAll('"SITE"', JSON.stringify(key));

/** The names that came and that reports do not know. */
export const unmapped = ({ names }) => names.filter(({ known }) => !known);

/** The one state of consent that all events have, if there is one. */
export const onlyConsent = ({ consent }) => (consent.length === 1 ? consent[0].consent : null);

/** The reasons of a status with how many events each had more than in an earlier one. */
export function reasonsSince(sites, earlier) {
  const before = new Map(earlier.flatMap(({ site, since_start }) => since_start.reasons.map(({ how, code, events }) => [`${site} ${how} ${code}`, events])));
  return sites.map(({ site, since_start, ...rest }) => ({
    ...rest,
    site,
    since_start: {
      ...since_start,
      reasons: since_start.reasons.map((reason) => ({ ...reason, fresh: reason.events - (before.get(`${site} ${reason.how} ${reason.code}`) ?? 0) })),
    },
  }));
}
