/** When to try again. */

const FIRST_MS = 2000;
const DELAY_MAX_MS = 300_000;
const RETRY_AFTER_MAX_MS = 3_600_000;

/**
 * Milliseconds to wait after failed try number `tries`: 2 s, doubling, at most 5 minutes, plus up
 * to half of that at random; never less than the server asked for (of which an hour is believed).
 *
 * @param {number} tries counted from 1
 * @param {string | null | undefined} retryAfter the header: seconds, or a date
 * @param {number} random from 0 to 1
 * @returns {number}
 */
export function retryDelay(tries, retryAfter, random) {
  const delay = Math.min(DELAY_MAX_MS, FIRST_MS * 2 ** (tries - 1));
  const asked = retryAfter ? +retryAfter * 1000 || Date.parse(retryAfter) - Date.now() : 0;
  return Math.max(delay, Math.min(asked || 0, RETRY_AFTER_MAX_MS)) + (delay / 2) * random;
}
