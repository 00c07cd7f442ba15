/** What the server can take as a plain value. */

const CONTROLS_AND_HALF_PAIRS = /[\p{Cc}\p{Cs}]/gu;

/**
 * A string, number or boolean as text of at most `max` UTF-16 units; anything else is nothing.
 *
 * Control characters and halves of surrogate pairs (also those the cut leaves) become spaces: the server refuses both.
 *
 * @param {unknown} value
 * @param {number} [max]
 * @returns {string | undefined} nothing for what is empty or no plain value
 */
export function text(value, max = 500) {
  // The first letters of string, number, boolean (and of bigint and symbol, which do no harm).
  if (!/^[snb]/.test(typeof value)) return undefined;
  return String(value).slice(0, max).replace(CONTROLS_AND_HALF_PAIRS, ' ').trim() || undefined;
}

/**
 * A property's value: booleans and finite numbers stay, strings are cleaned, the rest is nothing.
 *
 * @param {unknown} value
 * @returns {string | number | boolean | undefined}
 */
export function plain(value) {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return value === !!value ? value : text(value);
}
