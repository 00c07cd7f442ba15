/** When to try again. */

// Doubled by each failure, the first included.
const HALF_FIRST_MS = 1000;
const DELAY_MAX_MS = 300_000;
const RETRY_AFTER_MAX_MS = 3_600_000;

/**
 * Milliseconds to wait after failure number `failures` in a row: 2 s, doubling, at most 5 minutes, or what the server
 * asked for if that is more (of which an hour is believed); plus up to half of it at random.
 *
 * @param {number} failures counted from 1
 * @param {string | null | undefined} retryAfter the header, in seconds
 * @param {number} random from 0 to 1
 * @returns {number}
 */
export function retryDelay(failures, retryAfter, random) {
  const delay = Math.min(DELAY_MAX_MS, HALF_FIRST_MS * 2 ** failures);
  return Math.max(delay, Math.min(retryAfter * 1000 || 0, RETRY_AFTER_MAX_MS)) * (1 + random / 2);
}
