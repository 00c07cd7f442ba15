/** The way out: a queue, batches, retries. Nothing here waits for an answer before the page may go. */

import { retryDelay } from './backoff.js';
import { identityFields, mayStore } from './identity.js';
import { keep, takeKept } from './kept.js';
import { endpoint, option } from './options.js';
import { encodeBatch } from './wire.js';

const BATCH_AFTER_MS = 1500;
const BATCH_EVENTS = 20;
const BATCH_BYTES_MAX = 30_000;
const QUEUE_MAX = 1000;
// Browsers refuse keepalive bodies above 64 KiB in flight, all of a page's together.
const KEEPALIVE_BYTES_MAX = 60_000;

let queue = [];
let handing = [];
let timer;
let notBefore = 0;
let failures = 0;
let keepaliveBytes = 0;
let recovered;
const flying = new Set();

function schedule() {
  clearTimeout(timer);
  timer = setTimeout(flush, Math.max(queue[0].at + BATCH_AFTER_MS, notBefore) - Date.now());
}

/** Queues an event; of too many the newest stay. */
export function enqueue(event) {
  queue = queue.concat(event).slice(-QUEUE_MAX);
  const urgent = queue[BATCH_EVENTS - 1] || event.name === 'purchase';
  if (urgent && Date.now() >= notBefore) flush();
  else schedule();
}

/** Sends all that is queued, at once. With an empty queue it does nothing, so it may be called twice. */
export function flush() {
  // What an earlier page could not send, once the visitor agrees to its having been kept.
  if (!recovered && (recovered = mayStore())) queue.unshift(...takeKept());
  handing = queue;
  queue = [];
  if (handing[0]) send(handing);
  handing = [];
}

/**
 * Sends, as the page goes, what an earlier call did not get to as well: in a tab that it closes Firefox stops once whatever
 * runs, in the middle and past every `catch`, and only then calls the next listener.
 */
export function flushAll() {
  queue = handing.concat(queue);
  flush();
}

/** The network is back: what waited for its turn need not wait longer. */
export function resume() {
  notBefore = 0;
  flush();
}

/** Keeps what is not known to have arrived. A time on a page is not worth a second sending. */
export function keepUnsent() {
  if (mayStore()) keep([...flying, queue].flat().filter((event) => event.name !== 'engagement'));
}

function send(events) {
  const body = encodeBatch({ site: option('site'), language: navigator.language, ...identityFields() }, events);
  // Asking a Blob for its size would make the page wait for another process, which keeps Blobs.
  const bytes = new TextEncoder().encode(body).length;
  if (events[1] && bytes > BATCH_BYTES_MAX) {
    const half = events.length >> 1;
    send(events.slice(0, half));
    send(events.slice(half));
    return;
  }
  const held = keepaliveBytes + bytes <= KEEPALIVE_BYTES_MAX && bytes;
  const settle = ({ status, headers }) => {
    keepaliveBytes -= held;
    flying.delete(events);
    // What failed on the way has no status.
    if (status < 500 && status !== 429) failures = 0;
    else {
      queue = events.concat(queue).slice(-QUEUE_MAX);
      // Batches that failed together, or were sent before their time because the page was going, lengthen the wait once.
      if (Date.now() >= notBefore) notBefore = Date.now() + retryDelay(++failures, headers?.get('Retry-After'), Math.random());
      schedule();
    }
    keepUnsent();
  };
  keepaliveBytes += held;
  flying.add(events);
  try {
    // A string body without headers is text/plain, which needs no preflight.
    fetch(endpoint(), { method: 'POST', body, keepalive: held, credentials: 'omit' }).then(settle, settle);
  } catch {
    settle({ status: navigator.sendBeacon(endpoint(), body) || 503 });
  }
}
