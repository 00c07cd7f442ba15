import { beforeEach, mock, test } from 'node:test';
import assert from 'node:assert/strict';
import { createDelivery } from '../src/delivery.js';

const VIEW = {};
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

const encode = (entries) => JSON.stringify(entries.map(({ event }) => event));

/** The ids in the posts from number `first` on. */
const sent = (first = 0) => posts.slice(first).map(({ body }) => JSON.parse(body).map(({ id }) => id));

const answer = (post, status, headers = {}) => {
  post.resolve({ status, headers: new Map(Object.entries(headers)) });
  return settle();
};

function add(count, fields) {
  for (let id = 1; id <= count; id++) delivery.add({ id, name: 'view_item', ...fields }, VIEW);
}

beforeEach(() => {
  mock.reset();
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  clock = 1000;
  posts = [];
  mock.method(performance, 'now', () => clock);
  mock.method(Math, 'random', () => 0);
  mock.method(globalThis, 'fetch', (url, options) => {
    return new Promise((resolve, reject) => posts.push({ url, ...options, resolve, reject }));
  });
  delivery = createDelivery('https://host/s', encode);
});

test('events wait a moment and leave together', async () => {
  add(2);
  await pass(1400);
  assert.equal(posts.length, 0);
  await pass(100);
  assert.deepEqual(sent(), [[1, 2]]);
  const { url, method, keepalive, credentials, headers } = posts[0];
  assert.deepEqual(
    { url, method, keepalive, credentials, headers },
    { url: 'https://host/s', method: 'POST', keepalive: true, credentials: 'omit', headers: undefined },
  );
});

test('twenty events leave at once, and so does a purchase', () => {
  add(20);
  assert.equal(sent()[0].length, 20);
  add(1, { name: 'purchase' });
  assert.equal(posts.length, 2);
});

test('flushing twice sends once', () => {
  add(3);
  delivery.flush();
  delivery.flush();
  assert.deepEqual(sent(), [[1, 2, 3]]);
});

test('events of two views leave in two batches', () => {
  delivery.add({ id: 'a' }, { url: '/a' });
  delivery.add({ id: 'b' }, { url: '/b' });
  delivery.flush();
  assert.deepEqual(sent(), [['a'], ['b']]);
});

test('large events are split over batches, none is lost', () => {
  add(7, { properties: { note: 'ł'.repeat(7000) } });
  delivery.flush();
  assert.deepEqual(sent().flat(), [1, 2, 3, 4, 5, 6, 7]);
  for (const { body } of posts) assert.ok(Buffer.byteLength(body) <= 30_000);
});

test('keepalive is used for 60,000 bytes in flight, and again when they have arrived', async () => {
  add(5, { note: 'x'.repeat(25_000) });
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
  test(`after ${failure} the same events are sent again, seven times at most`, async () => {
    add(2);
    delivery.flush();
    for (const wait of [2, 4, 8, 16, 32, 64]) {
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
    assert.equal(posts.length, 7);
    await answer(posts[6], 500);
    await pass(600_000);
    assert.equal(posts.length, 7);
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

test('Retry-After is honoured, by purchases too', async () => {
  add(1);
  delivery.flush();
  await answer(posts[0], 503, { 'Retry-After': '60' });
  delivery.add({ id: 'order', name: 'purchase' }, VIEW);
  await pass(59_900);
  assert.equal(posts.length, 1);
  await pass(100);
  assert.deepEqual(sent(1), [[1, 'order']]);
});

test('a page that goes sends what waits, and that try does not count', async () => {
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

test('back online, nothing waits longer', async () => {
  add(1);
  delivery.flush();
  posts[0].reject(new TypeError('offline'));
  await settle();
  delivery.resume();
  assert.deepEqual(sent(1), [[1]]);
});

test('the queue keeps the newest 200 events', async () => {
  add(1);
  delivery.flush();
  await answer(posts[0], 503, { 'Retry-After': '60' });
  for (let id = 2; id <= 301; id++) delivery.add({ id, name: 'view_item' }, VIEW);
  await pass(60_000);
  assert.deepEqual(
    sent(1).flat(),
    Array.from({ length: 200 }, (_, index) => 102 + index),
  );
});

test('without fetch the beacon takes over, and what it refuses is tried again', async (t) => {
  mock.method(globalThis, 'fetch', () => {
    throw new TypeError('no fetch');
  });
  const beacons = [];
  const accept = [false, true];
  const original = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const sendBeacon = (url, body) => beacons.push([url, body]) && accept.shift();
  Object.defineProperty(globalThis, 'navigator', { value: { sendBeacon }, configurable: true });
  t.after(() => (original ? Object.defineProperty(globalThis, 'navigator', original) : delete globalThis.navigator));
  add(1);
  delivery.flush();
  assert.equal(beacons.length, 1);
  await pass(2000);
  assert.deepEqual(beacons[1], ['https://host/s', '[{"id":1,"name":"view_item"}]']);
  await pass(600_000);
  assert.equal(beacons.length, 2);
});
