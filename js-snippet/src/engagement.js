/** How long a view was looked at, and how far down. */

import { on } from './listen.js';

const ENGAGED_MS_MIN = 1000;

let engaged = 0;
let since = 0;
let deepest = 0;

/** Books the time since the last look, if somebody was looking. */
function measure() {
  const now = Date.now();
  if (since) engaged += now - since;
  since = !document.hidden && document.hasFocus() && now;
  deepest = Math.max(deepest, scrollY + innerHeight);
}

/**
 * Tells what is new since the last time; nothing after less than a second, which is then part of the next.
 *
 * @param {(name: string, params: {engaged_ms: number, scroll_percent: number}) => void} add
 */
export function tellEngagement(add) {
  measure();
  if (engaged < ENGAGED_MS_MIN) return;
  add('engagement', {
    engaged_ms: engaged,
    scroll_percent: Math.min(100, ((100 * deepest) / document.documentElement.scrollHeight) | 0),
  });
  engaged = deepest = 0;
}

/** Starts looking. */
export function startEngagement() {
  on('focus blur scroll pageshow visibilitychange', measure);
  measure();
}
