/** Addresses, reduced to what may leave the page. */

const ALLOWED_KEY = /^(utm_\w+|gclid|gbraid|wbraid|msclkid|fbclid|ttclid|q)$/;
const LIKE_AN_EMAIL = /.(@|%(25)*40).+\../i;
const URL_LENGTH_MAX = 2000;

const redact = (part) => (LIKE_AN_EMAIL.test(part) ? '[redacted]' : part);

/**
 * The address without its fragment, its user part and every query key that is not allowed, with
 * e-mail-like path parts and values redacted.
 *
 * @param {string} address absolute
 * @param {string[]} [keys] query keys the shop allows besides the built-in ones
 * @returns {string | undefined} nothing when it is no http address
 */
export function scrubUrl(address, keys = []) {
  if (!/^https?:/i.test(address)) return undefined;
  const { origin, pathname, searchParams } = new URL(address.slice(0, URL_LENGTH_MAX));
  const kept = new URLSearchParams();
  searchParams.forEach((value, key) => {
    if (ALLOWED_KEY.test(key) || keys.includes(key)) kept.append(key, redact(value));
  });
  const query = String(kept);
  return origin + pathname.split('/').map(redact).join('/') + (query && '?' + query);
}
