/** The snippet in every engine when things go wrong: a server that fails, a net that is gone, tabs, hundreds of visitors. */

import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { ENGINES, launch } from './engines.js';
import { startSite, startVisit } from './snippet_pages.js';

const BURST = 400;
const VISITORS = 200;
const FAILING_SHARE = 0.05;
const AT_ONCE = 10;

let styk;
before(async () => (styk = await startSite()));
after(async () => assert.deepEqual(await styk.stop(), { code: 0, signal: null }));

for (const name of ENGINES) describe(name, () => inEngine(name));

function inEngine(name) {
  let engine;
  let visit;
  let page;
  let server;

  before(async () => (engine = await launch(name)));
  after(() => engine?.close());
  beforeEach(async () => {
    visit = await startVisit(engine, styk.origin);
    ({ page, server } = visit);
  });
  afterEach(() => visit.close());

  const click = (selector) => page.click(selector);
  const numbers = () => server.events('burst').map(({ params: { number } }) => number);

  test('two refusals to serve, then success: nothing lost, nothing twice', async () => {
    server.answers.push({ status: 503 }, { status: 503, headers: { 'Retry-After': '1' } });
    await visit.open('/product.html?item=cap');
    await visit.ready();
    await click('#add-to-cart');
    await server.waitFor(() => server.requests.length === 3);
    assert.deepEqual(visit.names(), ['page_view', 'view_item', 'add_to_cart']);
    const ages = server.requests.map(({ body }) => JSON.parse(body).events[0].age_ms);
    assert.ok(ages[0] < ages[1] && ages[1] < ages[2], `ages grow with each try: ${ages}`);
    assert.ok(4000 < ages[2] - ages[0], `2 s, then 4 s: ${ages}`);
    assert.deepEqual(new Set(server.requests.map(({ body }) => JSON.parse(body).events[0].id)).size, 1);
  });

  test('an answer that is lost makes a second sending, and no second event', async () => {
    server.answers.push({ late: true, drop: true });
    await visit.open('/plain');
    await visit.ready();
    await page.evaluate(() => {
      styk('track', 'once');
      styk('flush');
    });
    await server.waitFor(() => visit.count('once') === 1);
    const [{ id }] = server.events('once');
    assert.ok(2 <= server.requests.filter(({ body }) => body.includes(id)).length);
    await styk.waitLoaded(0);
    assert.equal((await styk.stored()).filter(({ event }) => event === 'once').length, once());
  });

  /** How many engines have sent `once` by now: each a different event. */
  const once = () => ENGINES.indexOf(name) + 1;

  test(`a burst of ${BURST} events arrives whole`, async () => {
    await visit.open('/plain');
    await visit.ready();
    await page.evaluate((count) => {
      for (let number = 0; number < count; number++) styk('track', 'burst', { number, note: 'x'.repeat(400) });
    }, BURST);
    await visit.sendAll();
    assert.equal(new Set(numbers()).size, BURST);
    visit.assertClean();
  });

  test('two tabs of one visitor are one visitor, and neither takes the other’s events', async () => {
    await visit.open('/granted');
    await visit.sendAll();
    const other = await visit.profile.newPage();
    await visit.open('/granted', other);
    await visit.ready(other);
    await page.evaluate(() => styk('track', 'burst', { number: 1 }));
    await other.evaluate(() => styk('track', 'burst', { number: 2 }));
    await visit.sendAll(0, other);
    await visit.sendAll();
    assert.deepEqual(numbers().sort(), [1, 2]);
    const visitors = new Set(server.batches().map(({ visitor }) => visitor));
    assert.deepEqual([visitors.size, visitors.has(undefined)], [1, false]);
  });

  test('offline, events wait; online, they go at once', async () => {
    await visit.open('/plain');
    await visit.sendAll();
    // The page is told to wait for an hour, and then loses the net as well.
    server.answers.push({ status: 503, headers: { 'Retry-After': '3600' } });
    await page.evaluate(() => {
      styk('track', 'burst', { number: 1 });
      styk('flush');
    });
    await server.waitFor(() => server.requests.at(-1).status === 503);
    server.refuse(() => ({ drop: true }));
    await page.evaluate(() => {
      styk('track', 'burst', { number: 2 });
      styk('flush');
    });
    await server.waitFor(() => server.requests.at(-1).status === 0);
    server.refuse(undefined);
    await page.evaluate(async () => {
      // The failure reaches the page a moment after the net is gone.
      await new Promise((resolve) => setTimeout(resolve, 300));
      dispatchEvent(new Event('online'));
    });
    await server.waitFor(() => numbers().length === 2);
    // Two batches, two connections: which comes first is the net's choice; events say their order themselves.
    assert.deepEqual(numbers().sort(), [1, 2]);
  });

  test('with consent, what could not be sent goes with the next page', async () => {
    await visit.open('/granted');
    await visit.sendAll();
    server.refuse(() => ({ status: 503 }));
    await page.evaluate(() => {
      styk('track', 'burst', { number: 1 });
      styk('flush');
    });
    await server.waitFor(() => server.requests.some(({ status }) => status === 503));
    await page.until(() => Object.keys(localStorage).some((place) => /._styk/.test(place)));
    await visit.open('/other');
    server.refuse(undefined);
    await visit.open('/granted');
    await server.waitFor(() => visit.count('burst') === 1);
    await page.until(() => !Object.keys(localStorage).some((place) => /._styk/.test(place)));
  });

  test('where the shop’s policy blocks the endpoint, the page stays as it is', async () => {
    await visit.open('/blocked');
    await visit.ready();
    const threw = await page.evaluate(async () => {
      const errors = [];
      addEventListener('error', ({ message }) => errors.push(message));
      addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));
      styk('track', 'blocked');
      styk('flush');
      await new Promise((resolve) => setTimeout(resolve, 500));
      return errors;
    });
    assert.deepEqual(threw, []);
    assert.equal(server.requests.length, 0);
  });

  test(`of ${VISITORS} visitors nothing is lost, and nothing counts twice, while one request in twenty fails`, async () => {
    let state = 12345;
    const chance = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const failures = [{ status: 503 }, { status: 500 }, { drop: true }, { late: true, drop: true }, { status: 429 }];
    server.refuse(() => (chance() < FAILING_SHARE ? failures[Math.floor(chance() * failures.length)] : undefined));
    await visit.open('/plain');
    await visit.ready();
    for (let first = 0; first < VISITORS; first += AT_ONCE) await page.evaluate(letVisit, first, AT_ONCE);
    const share = (part) => VISITORS * part;
    const expected = { view_item: VISITORS, add_to_cart: share(0.75), begin_checkout: share(0.5), purchase: share(0.25) };
    const distinct = (event) => new Set(server.events(event).map(({ id }) => id)).size;
    const arrived = () => Object.fromEntries(Object.keys(expected).map((event) => [event, distinct(event)]));
    await server.waitFor(() => Object.keys(expected).every((event) => expected[event] <= distinct(event)));
    assert.deepEqual(arrived(), expected);
    const failed = server.requests.filter(({ status }) => status !== 202).length;
    assert.ok(20 < failed, `${failed} of ${server.requests.length} requests failed`);

    await styk.waitLoaded(0);
    const { port } = new URL(server.shop);
    const stored = (await styk.stored()).filter(({ cart_id: cart }) => cart?.startsWith(`${port}-`));
    const totals = {};
    for (const { event } of stored) totals[event] = (totals[event] ?? 0) + 1;
    assert.deepEqual(totals, expected);
  });
}

/** Lets some visitors shop, each in a frame of the page: a page of its own, with a snippet of its own. */
async function letVisit(first, count) {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  async function visitShop(number) {
    const frame = document.createElement('iframe');
    frame.src = '/stub';
    document.body.append(frame);
    await new Promise((resolve) => (frame.onload = resolve));
    const { contentWindow: shop } = frame;
    while (!shop.styk.started) await pause(20);
    const id = `${location.port}-${number}`;
    for (const event of ['view_item', 'add_to_cart', 'begin_checkout', 'purchase'].slice(0, 1 + (number % 4))) {
      const cart = { cart_id: id, value: '19,90', items: [{ item_id: 'V' + number }] };
      (shop.dataLayer ||= []).push({ event, ecommerce: event === 'purchase' ? { ...cart, transaction_id: id } : cart });
      shop.styk('flush');
      await pause(20);
    }
  }
  await Promise.all(Array.from({ length: count }, (_, index) => visitShop(first + index)));
}
