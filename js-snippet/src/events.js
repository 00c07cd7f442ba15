/** The page the visitor is looking at, and what happens on it. */

import { enqueue } from './delivery.js';
import { tellEngagement } from './engagement.js';
import { randomId } from './id.js';
import { on } from './listen.js';
import { scrubUrl } from './url.js';

// Routers call replaceState and pushState for one navigation.
const SETTLE_MS = 100;
const ORDER_ID_MAX = 60;

let path;
let url;
let sequence = 0;
let filter = (event) => event;

/**
 * @param {(event: object) => object | false} next the shop's last look at each event; `false` drops it. What is no
 *   function changes nothing
 */
export const setFilter = (next) => (filter = next.apply ? next : filter);

/**
 * Queues an event on the current page.
 *
 * A purchase is known by its order: the thank-you page that is opened again tomorrow sends the id that is known.
 *
 * @param {string} name
 * @param {Record<string, any>} [params] GA4 parameters and properties
 * @param {string} [referrer] scrubbed
 */
export function add(name, params, referrer) {
  const order = name === 'purchase' && params?.transaction_id;
  const event = {
    id: order ? ('purchase ' + order).slice(0, ORDER_ID_MAX) : randomId(),
    name,
    url,
    referrer,
    at: Date.now(),
    params: { ...params, gpc: navigator.globalPrivacyControl || undefined },
  };
  const passed = filter(event) ?? event;
  // A copy, which later changes do not reach; what cannot be copied is not worth the whole batch.
  if (passed) enqueue({ ...JSON.parse(JSON.stringify(passed)), sequence: ++sequence });
}

/** Tells how the current view was looked at, unless that was told already. */
export const endView = () => tellEngagement(add);

/**
 * A new view is current.
 *
 * @param {string} [referrer]
 * @param {Record<string, any>} [params] `url`, where it is not the window's own, and properties
 */
export function openView(referrer, { url: address = '', ...params } = {}) {
  endView();
  path = location.pathname;
  url = scrubUrl(address);
  add('page_view', params, referrer && scrubUrl(referrer));
}

/** Opens a view if the address has changed. A view is a path: changes of query or fragment are none. */
export function settle() {
  if (path !== location.pathname) openView(url);
}

const settleSoon = () => setTimeout(settle, SETTLE_MS);

/**
 * A view the snippet cannot see by itself.
 *
 * @param {Record<string, any>} [params]
 */
export const countPage = (params) => openView(url, params);

/** Follows the visitor from view to view. */
export function startViews() {
  openView(document.referrer);
  window.navigation?.addEventListener('currententrychange', settleSoon);
  if (!window.navigation) {
    for (const method of ['pushState', 'replaceState']) {
      const original = history[method];
      history[method] = (...args) => {
        settleSoon();
        return original.apply(history, args);
      };
    }
    on('popstate', settleSoon);
  }
  // Back from the back-forward cache: the page was seen again, but nobody sent the visitor here anew.
  on('pageshow', ({ persisted }) => persisted && openView());
}
