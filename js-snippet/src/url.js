/** Addresses, reduced to what may leave the page. */

const LIKE_AN_EMAIL = /[^/?&=]+(@|%(25)*40)[^/?&=]+\.[^/?&=]+/gi;
const LENGTH_MAX = 2000;

let allowed;

/**
 * Says which part of a query string may leave the page. To be called before anything is scrubbed.
 *
 * @param {string | null} [keys] that the shop allows besides the usual ones
 */
export function allow(keys) {
  allowed = new RegExp('^(utm_\\w+|\\w+clk?id|[gw]braid|q|' + keys?.replace(/[^\w-]+/g, '|') + ')=');
}

/**
 * The address without its fragment, its user part and every query key that is not allowed, with
 * e-mail-like path parts and values redacted.
 *
 * @param {string} address absolute, or relative to the page
 * @returns {string | undefined} nothing when it is no http address
 */
export function scrubUrl(address) {
  const { origin, pathname, search } = new URL(address.slice(0, LENGTH_MAX), location);
  const pairs = search.slice(1).split('&').filter((pair) => allowed.test(pair));
  const kept = origin + pathname + (pairs[0] ? '?' + pairs.join('&') : '');
  return /^http/.test(kept) ? kept.replace(LIKE_AN_EMAIL, '[redacted]') : undefined;
}
