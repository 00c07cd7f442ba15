/** The snippet in Chromium, judged by the requests that reach the collect address. */

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchChromium } from './chromium.js';
import { startServer } from './server.js';

const TAG = '<script async src="{{HOST}}/s.js" data-styk-site="{{SITE}}"></script>';
const STUB = '<script>window.styk=window.styk||function(){(styk.q=styk.q||[]).push(arguments)}</script>';
const blank = (head, body = '') => `<!doctype html><meta charset="utf-8"><title>Blank</title>${head}${body}`;

const PAGES = {
  '/plain': blank(TAG),
  '/other': blank(''),
  '/twice': blank(TAG + TAG),
  '/stub': blank(
    STUB +
      '<script>styk("nonsense", 1); styk(); styk("track"); styk("track", "early", { note: "kept" })</script>' +
      TAG,
  ),
  '/module': blank('<script type="module" src="{{HOST}}/s.3fa9b1c2.js?site={{SITE}}"></script>'),
  '/no-site': blank('<script async src="{{HOST}}/s.js"></script>' + STUB),
  '/granted': blank(
    '<script async src="{{HOST}}/s.js" data-styk-site="{{SITE}}" data-styk-consent="granted"></script>',
  ),
  '/leaving': blank(TAG, '<a id="go" href="/other" onclick="styk(\'track\', \'left\')">Leave</a>'),
  '/users/ann@example.org/orders': blank(TAG, '<form><input id="card"></form>'),
};

let browser;
let server;
let context;
let page;
let spoken;

before(async () => (browser = await launchChromium()));
after(() => browser.close());

beforeEach(async () => {
  server = await startServer(PAGES);
  context = await browser.createBrowserContext();
  page = await context.newPage();
  spoken = [];
  page.on('console', (message) => spoken.push(message.text()));
  page.on('pageerror', (error) => spoken.push(String(error)));
});

afterEach(async () => {
  await context.close();
  await server.close();
});

const open = (path) => page.goto(server.shop + path);
const names = () => server.events().map(({ name }) => name);
const count = (name) => server.events(name).length;

async function click(selector) {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

/** Events in the order in which one page made them; parallel requests may overtake each other. */
const inOrder = () => server.events().sort((one, other) => one.sequence - other.sequence);

/**
 * Sends all there is, and waits until everything came: what this page numbered before the marker, and
 * `earlier` events of pages that went without waiting. What is counted twice has come by then as well.
 */
async function sendAll(earlier = 0) {
  await page.waitForFunction(() => window.styk?.started);
  const marker = `marker_${server.requests.length}`;
  await page.evaluate((name) => (styk('track', name), styk('flush')), marker);
  await server.waitFor(() => {
    const [last] = server.events(marker);
    return last && server.events().length >= earlier + last.sequence;
  });
}

/** Each id once, and no preflight, credential or cookie on any request. */
function assertClean() {
  const ids = server.events().map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { method, path, headers } of server.requests) {
    assert.equal(method, 'POST');
    assert.equal(path, '/s');
    assert.match(headers['content-type'], /^text\/plain/);
    assert.equal(headers.cookie, undefined);
  }
}

test('a purchase, clicked through as fast as the pages come, arrives whole and once', async () => {
  await open('/');
  await click('#product-cap');
  await page.click('#add-to-cart');
  await click('#go-to-cart');
  await click('#go-to-checkout');
  await page.type('#email', 'ann@example.org');
  await page.click('#add-shipping');
  await page.click('#add-payment');
  await click('#buy');
  const earlier =
    'page_view view_item_list · page_view view_item add_to_cart · page_view view_cart · page_view begin_checkout add_shipping_info add_payment_info';
  await sendAll(earlier.match(/\w+/g).length);

  const times = Object.fromEntries(
    names()
      .filter((name) => !/^marker/.test(name))
      .map((name) => [name, count(name)]),
  );
  assert.deepEqual(times, {
    page_view: 5,
    view_item_list: 1,
    view_item: 1,
    add_to_cart: 1,
    view_cart: 1,
    begin_checkout: 1,
    add_shipping_info: 1,
    add_payment_info: 1,
    purchase: 1,
  });
  const [purchase] = server.events('purchase');
  assert.equal(purchase.value, '19.90');
  assert.equal(purchase.currency, 'EUR');
  assert.equal(purchase.url, server.shop + '/thanks.html');
  assert.deepEqual(purchase.items, [
    { item_id: 'SKU1', item_name: 'Cap', item_category: 'Hats', price: '19.90', quantity: 1 },
  ]);
  assert.match(purchase.transaction_id, /^T-/);
  assert.equal(server.events('add_to_cart')[0].cart_id, purchase.cart_id);
  assert.deepEqual(server.events('add_payment_info')[0].properties, { payment_type: 'card' });
  assert.ok(!server.requests.some(({ body }) => body.includes('ann')));
  assert.deepEqual(spoken, []);
  assertClean();
});

test('a link that is tracked and followed in one click delivers', async () => {
  await open('/leaving');
  await page.waitForFunction(() => window.styk?.started);
  await click('#go');
  await server.waitFor(() => count('left') === 1);
  assert.deepEqual(names(), ['page_view', 'left']);
  assertClean();
});

test('a closed tab delivers', async () => {
  await open('/plain');
  await page.waitForFunction(() => window.styk?.started);
  await page.evaluate(() => styk('track', 'last'));
  await page.close({ runBeforeUnload: true });
  await server.waitFor(() => count('last') === 1);
  assertClean();
});

test('single-page navigation counts each view once, query and fragment none', async () => {
  await open('/hats.html?utm_source=news');
  await page.waitForFunction(() => window.styk?.started);
  await page.click('#show-cap');
  await page.click('#show-beanie');
  await page.evaluate(() => {
    history.replaceState({}, '', '?colour=red');
    history.pushState({}, '', '#reviews');
    location.hash = 'size';
  });
  await page.click('#add-to-cart');
  await sendAll();
  const path = (address) => address.replace(server.shop, '');
  const views = inOrder()
    .filter(({ name }) => name === 'page_view')
    .map(({ url, referrer }) => [path(url), referrer && path(referrer)]);
  assert.deepEqual(views, [
    ['/hats.html?utm_source=news', undefined],
    ['/hats/cap', '/hats.html?utm_source=news'],
    ['/hats/beanie', '/hats/cap'],
  ]);
  const made = inOrder().slice(0, -1);
  assert.deepEqual(
    made.map(({ name }) => name),
    ['page_view', 'page_view', 'view_item', 'page_view', 'view_item', 'add_to_cart'],
  );
  assert.deepEqual(
    made.map(({ sequence }) => sequence),
    [1, 2, 3, 4, 5, 6],
  );
  const titles = server.batches().map(({ context }) => `${path(context.url)} ${context.title}`);
  assert.deepEqual(
    new Set(titles),
    new Set(['/hats.html?utm_source=news All hats', '/hats/cap Cap', '/hats/beanie Beanie']),
  );
});

test('a single-page view without any e-commerce is counted by itself, and Back is another', async () => {
  await open('/plain');
  await page.waitForFunction(() => window.styk?.started);
  await page.evaluate(() => (history.replaceState({}, '', '/tmp'), history.pushState({}, '', '/second')));
  await server.waitFor(() => count('page_view') === 2);
  await page.evaluate(() => (history.pushState({}, '', '/third'), history.pushState({}, '', '/second')));
  await page.goBack();
  await server.waitFor(() => count('page_view') === 3);
  assert.deepEqual(
    server.events('page_view').map(({ url }) => new URL(url).pathname),
    ['/plain', '/second', '/third'],
  );
});

test('what the shop does not allow is never stored, and nothing is by default', async () => {
  await open('/plain');
  await sendAll();
  const stored = await page.evaluate(async () => [
    document.cookie,
    localStorage.length,
    sessionStorage.length,
    (await indexedDB.databases()).length,
    (await caches.keys()).length,
  ]);
  assert.deepEqual(stored, ['', 0, 0, 0, 0]);
  assert.deepEqual(await context.cookies(), []);
  const [batch] = server.batches();
  assert.deepEqual([batch.consent, batch.visitor, batch.session], ['cookieless', undefined, undefined]);
});

test('consent makes a visitor that lasts, and withdrawing it leaves nothing', async () => {
  await open('/granted');
  await sendAll();
  await open('/plain');
  await sendAll();
  const [first, second] = server.batches();
  assert.match(first.visitor, /^[0-9a-f-]{36}$/);
  assert.deepEqual([second.visitor, second.session, second.consent], [first.visitor, first.session, 'granted']);
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map(({ name }) => name).sort(), ['_styk', '_styk_session']);
  await page.evaluate(() => (styk('identify', 'C-1'), styk('consent', 'denied')));
  await sendAll();
  assert.deepEqual(await context.cookies(), []);
  const last = server.batches().at(-1);
  assert.deepEqual(
    [last.visitor, last.session, last.customer, last.consent],
    [undefined, undefined, undefined, 'denied'],
  );
});

test('loading twice does nothing', async () => {
  await open('/twice');
  await page.waitForNetworkIdle();
  await page.evaluate(() => history.pushState({}, '', '/next'));
  await sendAll();
  // Not flushed: it leaves when its time has come, after anything that a second copy would have queued.
  await page.evaluate(() => styk('track', 'later'));
  await server.waitFor(() => count('later') === 1);
  assert.equal(count('page_view'), 2);
});

test('calls made before it came are replayed, and none ever throws', async () => {
  await open('/stub');
  await sendAll();
  await page.evaluate(
    () => (
      styk('track', {}),
      styk('page', 5),
      styk('page', { url: 'http://[' }),
      styk('toString'),
      styk('identify', {})
    ),
  );
  await sendAll();
  assert.equal(count('early'), 1);
  assert.deepEqual(server.events('early')[0].properties, { note: 'kept' });
  assert.deepEqual(spoken, []);
});

test('options in the address do, where currentScript is null', async () => {
  await open('/module');
  await sendAll();
  assert.equal(server.batches()[0].site, 'demo');
  assertClean();
});

test('without a site nothing is sent, and calls do no harm', async () => {
  await open('/no-site');
  await page.waitForNetworkIdle();
  await page.evaluate(() => (styk('track', 'lost'), styk('flush')));
  await open('/plain');
  await sendAll();
  assert.equal(count('lost'), 0);
  assert.deepEqual(spoken, []);
});

test('addresses leave scrubbed, form values never', async () => {
  await open('/users/ann@example.org/orders?token=s3cret&gclid=G1&q=hat#part');
  await page.type('#card', '4111111111111111');
  await sendAll();
  assert.equal(server.events('page_view')[0].url, server.shop + '/users/[redacted]/orders?gclid=G1&q=hat');
  for (const { body } of server.requests) assert.doesNotMatch(body, /ann|s3cret|part"|4111/);
});

test('two refusals to serve, then success: nothing lost, nothing twice', async () => {
  server.answers.push({ status: 503 }, { status: 503, headers: { 'Retry-After': '1' } });
  await open('/product.html?item=cap');
  await page.waitForFunction(() => window.styk?.started);
  await page.click('#add-to-cart');
  await server.waitFor(() => server.requests.length === 3);
  assert.deepEqual(names(), ['page_view', 'view_item', 'add_to_cart']);
  const ages = server.requests.map(({ body }) => JSON.parse(body).events[0].age_ms);
  assert.ok(ages[0] < ages[1] && ages[1] < ages[2], `ages grow with each try: ${ages}`);
  assertClean();
});

test('a burst of 400 events arrives whole', async () => {
  await open('/plain');
  await page.waitForFunction(() => window.styk?.started);
  await page.evaluate(() => {
    for (let number = 0; number < 400; number++) styk('track', 'burst', { number, note: 'x'.repeat(400) });
  });
  await sendAll();
  const numbers = server.events('burst').map(({ properties }) => properties.number);
  assert.equal(new Set(numbers).size, 400);
  assertClean();
});

test('a page brought back from the back-forward cache is a new view', async () => {
  await open('/plain');
  await sendAll();
  await page.evaluate(() => (window.kept = true));
  await open('/other');
  await page.goBack();
  assert.equal(await page.evaluate(() => window.kept), true, 'the browser kept the page');
  await sendAll();
  assert.equal(count('page_view'), 2);
});

test('a page being prerendered is not counted before somebody sees it', async () => {
  await page.evaluateOnNewDocument(() => {
    Object.defineProperty(document, 'prerendering', { get: () => !window.seen });
    const { fetch } = window;
    window.fetched = 0;
    window.fetch = (...args) => (window.fetched++, fetch(...args));
  });
  await open('/plain');
  await page.waitForFunction(() => window.styk?.started);
  await page.evaluate(() => (styk('track', 'queued'), styk('flush')));
  assert.equal(await page.evaluate(() => window.fetched), 0);
  await page.evaluate(() => {
    window.seen = true;
    document.dispatchEvent(new Event('prerenderingchange'));
  });
  await sendAll();
  assert.deepEqual(
    inOrder()
      .slice(0, 2)
      .map(({ name }) => name),
    ['page_view', 'queued'],
  );
});
