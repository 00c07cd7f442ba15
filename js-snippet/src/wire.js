/** The wire format: `POST /s`, as `tests/fixtures/wire/` shows it. */

const TEXT_MAX = 1000;
// The server refuses both, and a cut may leave half a pair.
const CONTROLS_AND_HALF_PAIRS = /[\p{Cc}\p{Cs}]/gu;

/**
 * One batch. Ages are counted anew at each sending, so that neither a wrong clock nor a late retry moves an event in
 * time; from one moment for all, so that none overtakes another.
 *
 * @param {object} sender `site`, `language`, `visitor`, `customer`, `consent`
 * @param {Record<string, any>[]} events at least one; `at` is when it happened
 * @returns {string} JSON, its texts cut, and cleaned of what the server refuses
 */
export function encodeBatch(sender, events) {
  const now = Date.now();
  const aged = events.map(({ at, ...event }) => ({ ...event, age_ms: Math.max(0, now - at) }));
  const clean = (_, value) => (value?.trim ? value.slice(0, TEXT_MAX).replace(CONTROLS_AND_HALF_PAIRS, ' ') : value);
  return JSON.stringify({ ...sender, events: aged }, clean);
}
