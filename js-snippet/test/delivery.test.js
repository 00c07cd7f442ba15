import { beforeEach, mock, test } from 'node:test';
import assert from 'node:assert/strict';
import { setConsent } from '../src/identity.js';
import { setOptions } from './tag.js';

const storage = (globalThis.localStorage = {});
setOptions();

let copies = 0;
let clock;
let posts;
let delivery;

/** Lets the page's clock run, timers included. */
async function pass(ms) {
  for (let left = ms; left > 0; left -= 100) {
    clock += 100;
    mock.timers.tick(100);
    await settle();
  }
}

/** Lets answers that have come in take effect. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** The ids in the posts from number `first` on. */
const sent = (first = 0) => posts.slice(first).map(({ body }) => JSON.parse(body).events.map(({ id }) => id));

const answer = (post, status, headers = {}) => {
  post.resolve({ status, headers: new Map(Object.entries(headers)) });
  return settle();
};

function add(count, fields) {
  for (let id = 1; id <= count; id++) delivery.enqueue({ id, name: 'view_item', at: clock, ...fields });
}

/** The ids that are kept for other pages. */
const kept = () =>
  Object.keys(storage)
    .filter((place) => /^demo_styk/.test(place))
    .flatMap((place) => JSON.parse(storage[place]))
    .map(({ id }) => id);

/** The module as a page that just opened has it. */
async function openPage() {
  delivery = await import('../src/delivery.js?' + ++copies);
}

beforeEach(async () => {
  mock.reset();
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  clock = 1_000_000;
  posts = [];
  mock.method(Date, 'now', () => clock);
  mock.method(Math, 'random', () => 0);
  mock.method(globalThis, 'fetch', (url, options) => {
    // As `fetch` does, which takes any value for yes or no.
    const keepalive = Boolean(options.keepalive);
    return new Promise((resolve, reject) => posts.push({ url, ...options, keepalive, resolve, reject }));
  });
  Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true });
  setConsent('cookieless');
  await openPage();
});

test('events wait a moment and leave together', async () => {
  add(1);
  await pass(1000);
  add(1);
  await pass(400);
  assert.equal(posts.length, 0);
  await pass(100);
  assert.deepEqual(sent(), [[1, 1]]);
  const { url, method, keepalive, credentials, headers } = posts[0];
  assert.deepEqual(
    { url, method, keepalive, credentials, headers },
    { url: 'https://host/s', method: 'POST', keepalive: true, credentials: 'omit', headers: undefined },
  );
});

test('twenty events leave at once, and so does a purchase', () => {
  add(20);
  assert.equal(sent()[0].length, 20);
  add(1);
  add(1, { name: 'purchase' });
  assert.deepEqual(sent(1), [[1, 1]]);
});

test('flushing twice sends once', () => {
  add(3);
  delivery.flush();
  delivery.flush();
  assert.deepEqual(sent(), [[1, 2, 3]]);
});

test('large events are split over batches, none is lost', () => {
  add(7, { params: { notes: Array(7).fill('ł'.repeat(1000)) } });
  delivery.flush();
  assert.deepEqual(sent().flat(), [1, 2, 3, 4, 5, 6, 7]);
  for (const { body } of posts) assert.ok(Buffer.byteLength(body) <= 30_000);
});

test('keepalive is used for 60,000 bytes in flight, and again when they have arrived', async () => {
  add(5, { notes: Array(25).fill('x'.repeat(1000)) });
  delivery.flush();
  assert.deepEqual(
    posts.map(({ keepalive }) => keepalive),
    [true, true, false, false, false],
  );
  await answer(posts[0], 202);
  add(1);
  delivery.flush();
  assert.equal(posts[5].keepalive, true);
});

for (const failure of [429, 500, 503, 'network error']) {
  test(`after ${failure} the same events are sent again, ever more seldom, until they arrive`, async () => {
    add(2);
    delivery.flush();
    for (const wait of [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      const post = posts.at(-1);
      if (failure === 'network error') post.reject(new TypeError('failed'));
      else post.resolve({ status: failure, headers: new Map() });
      await settle();
      const before = posts.length;
      await pass(wait * 1000 - 100);
      assert.equal(posts.length, before);
      await pass(100);
      assert.deepEqual(sent(before), [[1, 2]]);
    }
    await answer(posts.at(-1), 202);
    const before = posts.length;
    await pass(600_000);
    assert.equal(posts.length, before);
  });
}

for (const status of [202, 400, 403, 404, 413]) {
  test(`after ${status} nothing is sent again`, async () => {
    add(1);
    delivery.flush();
    await answer(posts[0], status);
    await pass(600_000);
    assert.equal(posts.length, 1);
  });
}

test('Retry-After is honoured, by purchases and full batches too', async () => {
  add(1);
  delivery.flush();
  await answer(posts[0], 503, { 'Retry-After': '60' });
  delivery.enqueue({ id: 'order', name: 'purchase', at: clock });
  add(20);
  await pass(59_900);
  assert.equal(posts.length, 1);
  await pass(100);
  assert.deepEqual(sent(1)[0].slice(0, 2), [1, 'order']);
});

test('batches that fail together lengthen the wait once', async () => {
  add(60);
  assert.equal(posts.length, 3);
  for (const post of [...posts]) await answer(post, 503);
  await pass(2000);
  assert.equal(sent(3).flat().length, 60);
});

test('a page that goes sends what waits, and that try does not lengthen the wait', async () => {
  add(1);
  delivery.flush();
  await answer(posts[0], 503);
  for (let round = 0; round < 10; round++) {
    delivery.flush();
    await answer(posts.at(-1), 503);
  }
  assert.equal(posts.length, 11);
  await pass(2000);
  assert.deepEqual(sent(11), [[1]]);
});

test('what was stopped in the middle of being handed over goes with the next listener, once', () => {
  add(2);
  let stops = 1;
  // Firefox stops a page that it closes wherever it is; here it is where the language is read.
  const language = () => {
    if (stops-- > 0) throw new Error('stopped');
    return 'pl';
  };
  Object.defineProperty(navigator, 'language', { get: language });
  assert.throws(() => delivery.flushAll(), /stopped/);
  assert.equal(posts.length, 0);
  add(1, { id: 'later' });
  delivery.flushAll();
  delivery.flushAll();
  assert.deepEqual(sent(), [[1, 2, 'later']]);
});

test('a fetch of the shop’s that calls the snippet itself sends nothing twice and comes to an end', async () => {
  const { fetch } = globalThis;
  mock.method(globalThis, 'fetch', (...args) => {
    add(1, { id: 'told by fetch' });
    delivery.flush();
    return fetch(...args);
  });
  // Once, or each would bring the next.
  const again = fetch;
  add(1);
  const told = globalThis.fetch;
  globalThis.fetch = (...args) => {
    globalThis.fetch = again;
    return told(...args);
  };
  delivery.flush();
  assert.deepEqual(sent().flat().sort(), [1, 'told by fetch']);
});

test('back online, nothing waits longer', async () => {
  add(1);
  delivery.flush();
  posts[0].reject(new TypeError('offline'));
  await settle();
  delivery.resume();
  assert.deepEqual(sent(1), [[1]]);
});

test('the queue keeps the newest thousand events', async () => {
  add(1);
  delivery.flush();
  await answer(posts[0], 503, { 'Retry-After': '60' });
  for (let id = 2; id <= 1301; id++) delivery.enqueue({ id, name: 'view_item', at: clock });
  await pass(60_000);
  assert.deepEqual(
    sent(1).flat(),
    Array.from({ length: 1000 }, (_, index) => 302 + index),
  );
});

test('without fetch the beacon takes over, and what it refuses is tried again', async () => {
  mock.method(globalThis, 'fetch', () => {
    throw new TypeError('no fetch');
  });
  const beacons = [];
  const accept = [false, true];
  navigator.sendBeacon = (url, body) => beacons.push([url, body]) && accept.shift();
  add(1);
  delivery.flush();
  assert.equal(beacons.length, 1);
  await pass(2000);
  assert.equal(JSON.parse(beacons[1][1]).events[0].id, 1);
  await pass(600_000);
  assert.equal(beacons.length, 2);
});

test('without consent nothing is kept, whatever fails', async () => {
  add(2);
  delivery.flush();
  await answer(posts[0], 503);
  delivery.keepUnsent();
  assert.deepEqual(kept(), []);
});

test('with consent, what has not arrived outlives the page, and goes once another opens', async () => {
  setConsent('granted');
  add(1, { name: 'add_to_cart' });
  delivery.flush();
  add(1, { id: 'time', name: 'engagement' });
  delivery.enqueue({ id: 'waits', name: 'view_cart', at: clock });
  delivery.keepUnsent();
  assert.deepEqual(kept(), [1, 'waits'], 'a time is not worth a second sending');

  await openPage();
  delivery.enqueue({ id: 'new', name: 'page_view', at: clock });
  await pass(1500);
  assert.deepEqual(sent().at(-1), [1, 'waits', 'new']);
  assert.deepEqual(kept(), []);
});

test('what arrives meanwhile is kept no longer', async () => {
  setConsent('granted');
  add(2);
  delivery.flush();
  delivery.keepUnsent();
  assert.deepEqual(kept(), [1, 2]);
  await answer(posts[0], 202);
  assert.deepEqual(kept(), []);
});

test('what was kept waits for the visitor’s yes', async () => {
  storage['demo_styk0.earlier'] = '[{"id":"old","name":"add_to_cart","at":999000}]';
  add(1);
  delivery.flush();
  assert.deepEqual(sent(), [[1]]);
  setConsent('granted');
  add(1);
  delivery.flush();
  assert.deepEqual(sent(1), [['old', 1]]);
});
