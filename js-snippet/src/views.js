/** Which page the visitor is looking at. */

import { scrubUrl } from './url.js';
import { text } from './text.js';

// Routers call replaceState and pushState for one navigation, and set the title after it.
const SETTLE_MS = 100;
const TITLE_MAX = 300;

/**
 * Follows the visitor from view to view. A view is a path: changes of query or fragment are none.
 *
 * @param {string[]} keys query keys the shop allows
 * @param {(params?: object) => void} onView called when a new view is current
 */
export function createViews(keys, onView) {
  let view = { referrer: scrubUrl(document.referrer, keys) };
  let path;

  /** The view that is current now, its title as fresh as it can be. */
  function current() {
    if (path === location.pathname && !view.titled) view.title = text(document.title, TITLE_MAX);
    return view;
  }

  function open(referrer, params) {
    const { url, title, ...others } = params || {};
    path = location.pathname;
    view = {
      url: scrubUrl(new URL(url || '', location).href, keys),
      referrer,
      title: text(title, TITLE_MAX),
      titled: !!title,
    };
    onView(others);
  }

  function settle() {
    if (path !== location.pathname) open(view.url);
  }

  function watch() {
    for (const method of ['pushState', 'replaceState']) {
      const original = history[method];
      history[method] = function (...args) {
        const result = original.apply(this, args);
        setTimeout(settle, SETTLE_MS);
        return result;
      };
    }
    addEventListener('popstate', () => setTimeout(settle, SETTLE_MS));
    // Back from the back-forward cache: the page was seen again, but nobody sent the visitor here anew.
    addEventListener('pageshow', ({ persisted }) => persisted && open());
  }

  return { current, open, settle, watch };
}
