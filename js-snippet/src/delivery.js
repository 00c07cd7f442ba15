/** The way out: a queue, batches, retries. Nothing here waits for an answer before the page may go. */

import { retryDelay } from './backoff.js';

const BATCH_AFTER_MS = 1500;
const BATCH_EVENTS = 20;
const BATCH_BYTES_MAX = 30_000;
const QUEUE_MAX = 200;
const TRIES_MAX = 7;
// Browsers refuse keepalive bodies above 64 KiB in flight, all of a page's together.
const KEEPALIVE_BYTES_MAX = 60_000;

const now = () => performance.now();
const byteLength = (body) => new Blob([body]).size;

/**
 * A queue that delivers to one address.
 *
 * @param {string} url where batches are POSTed
 * @param {(entries: import('./wire.js').Entry[]) => string} encode the body for some entries of one view
 * @returns {{add: (event: object, view: object) => void, flush: () => void, resume: () => void}}
 */
export function createDelivery(url, encode) {
  let queue = [];
  let timer = 0;
  let notBefore = 0;
  let keepaliveBytes = 0;

  function schedule(delay) {
    timer ||= setTimeout(drain, Math.max(delay, notBefore - now()));
  }

  function drain() {
    clearTimeout(timer);
    timer = 0;
    if (now() < notBefore) schedule(0);
    else flush();
  }

  /** Takes the longest start of the queue that shares a view and fits one batch. */
  function take() {
    let count = queue.findIndex(({ view }) => view !== queue[0].view);
    if (count < 0) count = queue.length;
    for (;;) {
      const body = encode(queue.slice(0, count));
      const bytes = byteLength(body);
      if (bytes <= BATCH_BYTES_MAX || count === 1) return { entries: queue.splice(0, count), body, bytes };
      count >>= 1;
    }
  }

  function retry(entries, retryAfter, due) {
    // A try made before its time, because the page was going, neither counts nor lengthens the wait.
    if (due) {
      entries = entries.filter((entry) => ++entry.tries < TRIES_MAX);
      if (!entries.length) return;
      notBefore = Math.max(notBefore, now() + retryDelay(entries[0].tries, retryAfter, Math.random()));
    }
    queue = entries.concat(queue).slice(-QUEUE_MAX);
    schedule(0);
  }

  function post({ entries, body, bytes }) {
    const due = now() >= notBefore;
    const keepalive = keepaliveBytes + bytes <= KEEPALIVE_BYTES_MAX;
    const held = keepalive ? bytes : 0;
    try {
      // A string body without headers is text/plain, which needs no preflight.
      const answer = fetch(url, { method: 'POST', body, keepalive, credentials: 'omit' });
      keepaliveBytes += held;
      answer.then(
        ({ status, headers }) => {
          keepaliveBytes -= held;
          if (status === 429 || status >= 500) retry(entries, headers.get('Retry-After'), due);
        },
        () => {
          keepaliveBytes -= held;
          retry(entries, undefined, due);
        },
      );
    } catch {
      if (!navigator.sendBeacon?.(url, body)) retry(entries, undefined, due);
    }
  }

  /** Sends all that is queued, at once. With an empty queue it does nothing, so it may be called twice. */
  function flush() {
    clearTimeout(timer);
    timer = 0;
    for (let left = queue.length; left > 0;) {
      const batch = take();
      left -= batch.entries.length;
      post(batch);
    }
  }

  return {
    add(event, view) {
      queue.push({ event, view, at: now(), tries: 0 });
      queue = queue.slice(-QUEUE_MAX);
      if (queue.length >= BATCH_EVENTS || event.name === 'purchase') drain();
      else schedule(BATCH_AFTER_MS);
    },
    flush,
    /** The network is back: what waited for its turn need not wait longer. */
    resume() {
      notBefore = 0;
      flush();
    },
  };
}
