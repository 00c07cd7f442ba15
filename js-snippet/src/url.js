/** Addresses, reduced to what may leave the page. */

import { option } from './options.js';

const LIKE_AN_EMAIL = /[^/?&=]+(@|%(25)*40)[^/?&=]+\.[^/?&=]+/g;
const LENGTH_MAX = 2000;

/**
 * The address without its fragment, its user part and every query key that is not allowed, with
 * e-mail-like path parts and values redacted.
 *
 * @param {string} address absolute, or relative to the page
 * @returns {string | undefined} nothing when it is no http address
 */
export function scrubUrl(address) {
  const { origin, pathname, search } = new URL(address.slice(0, LENGTH_MAX), location);
  const others = option('query')?.replace(/[^\w-]+/g, '|');
  const allowed = new RegExp('^(utm_\\w+|\\w+clk?id|[gw]braid|q|' + others + ')=');
  const pairs = search.slice(1).split('&').filter((pair) => allowed.test(pair));
  const kept = origin + pathname + (pairs[0] ? '?' + pairs.join('&') : '');
  return /^http/.test(kept) ? kept.replace(LIKE_AN_EMAIL, '[redacted]') : undefined;
}
