/** The wire format: `POST /s`, as `tests/fixtures/wire/` shows it. */

import { readParameters } from './commerce.js';

/**
 * @typedef {object} View one page as the visitor saw it
 * @property {string} [url] scrubbed
 * @property {string} [referrer] scrubbed
 * @property {string} [title]
 *
 * @typedef {object} Entry a queued event
 * @property {Record<string, any>} event
 * @property {View} view the page it happened on
 * @property {number} at when it happened, in ms of the page's own clock
 * @property {number} tries sendings that failed
 */

/**
 * One event, its age left to the sending.
 *
 * @param {{id: string, name: string, sequence: number}} head
 * @param {View} view the page it happened on; only a page view says where the visitor came from
 * @param {Record<string, any>} [params] GA4 parameters and properties
 * @returns {Record<string, any>} undefined fields are absent in JSON
 */
export function buildEvent(head, { url, referrer }, params) {
  return { ...head, url, referrer: head.name === 'page_view' ? referrer : undefined, ...readParameters(params) };
}

/**
 * One batch. All entries share the first one's view. Ages are counted anew at each sending, so that
 * neither a wrong clock nor a late retry moves an event in time.
 *
 * @param {object} sender `site`, `sent_at`, `visitor`, `session`, `customer`, `consent`, `language`, `screen`
 * @param {Entry[]} entries at least one
 * @param {number} now on the clock of the entries
 * @returns {object} undefined fields are absent in JSON
 */
export function buildBatch(sender, entries, now) {
  const { language, screen, ...head } = sender;
  const { url, referrer, title } = entries[0].view;
  return {
    ...head,
    context: { url, referrer, title, language, screen },
    events: entries.map(({ event: { id, name, ...fields }, at }) => ({
      id,
      name,
      age_ms: Math.max(0, Math.round(now - at)),
      ...fields,
    })),
  };
}
