/** The snippet in every engine: pages, queue and consent, in front of a real server. */

import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { ENGINES, launch } from './engines.js';
import { CLOSINGS, startSite, startVisit } from './snippet_pages.js';

let styk;
const sent = [];

before(async () => (styk = await startSite()));
after(async () => assert.deepEqual(await styk.stop(), { code: 0, signal: null }));

for (const name of ENGINES) describe(name, () => inEngine(name));

test('all that was accepted is in the store, each event once', async () => {
  const ids = new Set(sent.map(({ id }) => id));
  await styk.waitLoaded(ids.size);
  const stored = await styk.stored();
  assert.equal(stored.length, ids.size);
  assert.ok(60 * ENGINES.length < ids.size, `${ids.size} events`);
});

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
  afterEach(async () => {
    await visit.close();
    sent.push(...server.events());
  });

  const click = (selector) => page.click(selector);
  const path = (address) => address?.replace(server.shop, '');
  const stored = () =>
    page.evaluate(() => [document.cookie, ...Object.keys(localStorage).sort(), ...Object.keys(sessionStorage)]);

  /** Follows a link, and waits for the page behind it. */
  async function follow(selector, pathname) {
    await click(selector);
    await page.until((wanted) => location.pathname === wanted && document.readyState === 'complete', pathname);
  }

  test('a purchase, clicked through as fast as the pages come, arrives whole and once', async () => {
    await visit.open('/');
    await follow('#product-cap', '/product.html');
    await click('#add-to-cart');
    await follow('#go-to-cart', '/cart.html');
    await follow('#go-to-checkout', '/checkout.html');
    await page.type('#email', 'ann@example.org');
    await click('#add-shipping');
    await click('#add-payment');
    await follow('#buy', '/thanks.html');
    const earlier =
      'page_view view_item_list · page_view view_item add_to_cart · page_view view_cart · page_view begin_checkout add_shipping_info add_payment_info';
    await visit.sendAll(earlier.match(/\w+/g).length);

    const times = {};
    for (const happened of visit.names()) times[happened] = (times[happened] ?? 0) + 1;
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
      checkout_leave: 2,
    });
    const [purchase] = server.events('purchase');
    assert.equal(purchase.url, server.shop + '/thanks.html');
    assert.equal(purchase.id, 'purchase ' + purchase.params.transaction_id);
    assert.equal(server.events('add_to_cart')[0].params.cart_id, purchase.params.cart_id);
    const leaves = server.events('checkout_leave').map(({ params: { stage, field } }) => [stage, field]);
    assert.deepEqual(leaves.sort(), [['cart', undefined], ['payment', 'email']]);
    assert.ok(!server.requests.some(({ body }) => body.includes('ann')));
    visit.assertClean();

    await styk.waitLoaded(0);
    const row = (await styk.stored()).find(({ transaction_id: order }) => order === purchase.params.transaction_id);
    assert.deepEqual([row.event, row.value_minor, row.currency], ['purchase', 1990, 'EUR']);
  });

  test('the thank-you page, reloaded, is no second purchase', async () => {
    await visit.open('/product.html?item=cap');
    await visit.ready();
    await click('#add-to-cart');
    await page.evaluate(() => sessionStorage.setItem('shop-order', JSON.stringify({ details: { transaction_id: 'T-again-' + location.port, value: '19,90' } })));
    for (let time = 0; time < 3; time++) {
      await visit.open('/thanks.html');
      await visit.sendAll();
    }
    // A page that is left before it had its answer sends again what it cannot know to have arrived.
    const { length } = server.events('purchase');
    const ids = new Set(server.events('purchase').map(({ id }) => id));
    assert.ok(3 <= length, `${length} times told`);
    assert.equal(ids.size, 1);
    await styk.waitLoaded(0);
    const [id] = ids;
    const orders = (await styk.stored()).filter(({ transaction_id: order }) => 'purchase ' + order === id);
    assert.deepEqual(orders.map(({ value_minor: value }) => value), [1990]);
  });

  test('a link that is tracked and followed in one click delivers', async () => {
    await visit.open('/leaving');
    await visit.ready();
    await follow('#go', '/other');
    await server.waitFor(() => visit.count('left') === 1);
    assert.deepEqual(visit.names(), ['page_view', 'left']);
    visit.assertClean();
  });

  test('a closed tab delivers', async () => {
    for (let tab = 0; tab < CLOSINGS; tab++) {
      const closed = await visit.profile.newPage();
      await visit.open('/plain', closed);
      await visit.ready(closed);
      await closed.evaluate(() => styk('track', 'last'));
      await closed.close();
    }
    await server.waitFor(() => visit.told('last').length === CLOSINGS);
    visit.assertQuiet();
  });

  test('single-page navigation counts each view once, query and fragment none', async () => {
    await visit.open('/hats.html?utm_source=news');
    await visit.ready();
    await click('#show-cap');
    await click('#show-beanie');
    await page.evaluate(() => {
      history.replaceState({}, '', '?colour=red');
      history.pushState({}, '', '#reviews');
      location.hash = 'size';
    });
    await click('#add-to-cart');
    await visit.sendAll();
    const views = visit
      .inOrder()
      .filter((event) => event.name === 'page_view')
      .map(({ url, referrer }) => [path(url), path(referrer) || undefined]);
    assert.deepEqual(views, [
      ['/hats.html?utm_source=news', undefined],
      ['/hats/cap', '/hats.html?utm_source=news'],
      ['/hats/beanie', '/hats/cap'],
    ]);
    const order = ['page_view', 'page_view', 'view_item', 'page_view', 'view_item', 'add_to_cart'];
    assert.deepEqual(visit.names(), order);
    assert.equal(path(server.events('add_to_cart')[0].url), '/hats/beanie');
    visit.assertClean();
  });

  test('a single-page view without any e-commerce is counted by itself, and Back is another', async () => {
    await visit.open('/plain');
    await visit.ready();
    await page.evaluate(() => {
      history.replaceState({}, '', '/tmp');
      history.pushState({}, '', '/second');
    });
    await server.waitFor(() => visit.count('page_view') === 2);
    await page.evaluate(() => {
      history.pushState({}, '', '/third');
      history.pushState({}, '', '/second');
    });
    await page.back();
    await server.waitFor(() => visit.count('page_view') === 3);
    const seen = visit.inOrder().filter((event) => event.name === 'page_view');
    assert.deepEqual(
      seen.map(({ url }) => path(url)),
      ['/plain', '/second', '/third'],
    );
  });

  test('what the shop does not allow is never stored, and nothing is by default', async () => {
    await visit.open('/plain');
    await visit.sendAll();
    assert.deepEqual(await stored(), ['']);
    const [{ consent, visitor }] = server.batches();
    assert.deepEqual([consent, visitor], ['cookieless', undefined]);
  });

  test('consent makes a visitor that lasts, and withdrawing it leaves nothing', async () => {
    await visit.open('/pending');
    await visit.sendAll();
    assert.deepEqual(await stored(), ['']);
    await page.evaluate(() => styk('consent', 'granted'));
    await visit.sendAll();
    await visit.open('/plain');
    await visit.sendAll();
    const known = server.batches().map(({ consent, visitor }) => [consent, visitor]);
    const [, , [, visitor]] = known;
    assert.match(visitor, /^[\d-]{20,}$/);
    assert.deepEqual(known[0], ['pending', undefined]);
    assert.deepEqual(known.at(-1), ['granted', visitor]);
    assert.deepEqual(await stored(), ['', '_styk']);
    await page.evaluate(() => {
      styk('identify', 'C-1');
      styk('consent', 'denied');
    });
    await visit.sendAll();
    assert.deepEqual(await stored(), ['']);
    const last = server.batches().at(-1);
    assert.deepEqual([last.visitor, last.customer, last.consent], [undefined, undefined, 'denied']);
    visit.assertClean();
  });

  test('Google’s consent mode is followed', async () => {
    await visit.open('/');
    await page.evaluate(() => gtag('consent', 'update', { analytics_storage: 'granted' }));
    await visit.sendAll();
    assert.equal(server.batches().at(-1).consent, 'granted');
    await page.evaluate(() => gtag('consent', 'update', { analytics_storage: 'denied' }));
    await visit.sendAll();
    assert.equal(server.batches().at(-1).consent, 'denied');
    assert.ok(!(await stored()).includes('_styk'));
  });

  test('Global Privacy Control keeps a granted visitor unknown, and is recorded', async () => {
    await visit.open('/gpc');
    await visit.sendAll();
    assert.deepEqual(await stored(), ['']);
    const [batch] = server.batches();
    assert.deepEqual([batch.visitor, batch.events[0].params.gpc], [undefined, true]);
  });

  test('who asked not to be tracked is not, where the shop follows that', async () => {
    await visit.open('/dnt');
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2000)));
    assert.equal(server.requests.length, 0);
  });

  test('loading twice does nothing', async () => {
    await visit.open('/twice');
    await visit.ready();
    await page.evaluate(() => history.pushState({}, '', '/next'));
    await visit.sendAll();
    // Not flushed: it leaves when its time has come, after anything that a second copy would have queued.
    await page.evaluate(() => styk('track', 'later'));
    await server.waitFor(() => visit.count('later') === 1);
    assert.equal(visit.count('page_view'), 2);
  });

  test('calls made before it came are replayed, and none ever throws', async () => {
    await visit.open('/stub');
    await visit.sendAll();
    await page.evaluate(() => {
      styk('track', {});
      styk('track', null, 5);
      styk('page', 5);
      styk('page', { url: 'http://[' });
      styk('toString');
      styk('identify', {});
      styk('linker', {});
      styk('survey');
      for (const none of [5, null, undefined, {}]) styk('filter', none);
    });
    await visit.sendAll();
    const early = server.events('early').map(({ params: { note } }) => note);
    assert.deepEqual(early, ['kept']);
    assert.deepEqual(page.spoken(), []);
  });

  test('the whole public interface', async () => {
    await visit.open('/filtered');
    await visit.ready();
    const link = await page.evaluate(() => {
      styk('track', 'secret');
      styk('survey', 'nps', 9, { comment: 'fine' });
      styk('stage', 'review');
      styk('stage', '');
      styk('page', { url: '/virtual', section: 'hats' });
      styk('consent', 'granted');
      return styk('linker', 'https://other.example/pay?a=1');
    });
    await visit.sendAll();
    assert.deepEqual(visit.names(), ['page_view', 'survey_answered', 'checkout_stage', 'checkout_leave', 'page_view']);
    assert.deepEqual(server.events('survey_answered')[0].params, { comment: 'fine', kind: 'nps', score: 9 });
    const [, virtual] = visit.inOrder().filter((event) => event.name === 'page_view');
    assert.deepEqual([path(virtual.url), virtual.params], ['/virtual', { section: 'hats' }]);
    const { visitor } = server.batches().at(-1);
    assert.match(link, new RegExp(`^https://other\\.example/pay\\?a=1&_styk=${visitor}\\.\\d{13}$`));
    await page.evaluate(() => styk('reset'));
    await visit.sendAll();
    assert.notEqual(server.batches().at(-1).visitor, visitor);
  });

  test('options in the address do, where currentScript is null; and the shop may choose the name', async () => {
    await visit.open('/module');
    await visit.sendAll();
    assert.equal(server.batches()[0].site, 'demo');
    await visit.open('/named');
    await page.until(() => window.shopstats?.started && !window.styk);
    visit.assertClean();
  });

  test('in a bundle any element of the page carries the options', async () => {
    await visit.open('/bundled');
    await visit.sendAll();
    assert.equal(server.batches()[0].site, 'demo');
    visit.assertClean();
  });

  test('without a site nothing is sent, and calls do no harm', async () => {
    await visit.open('/no-site');
    await page.evaluate(() => {
      styk('track', 'lost');
      styk('flush');
    });
    await visit.open('/plain');
    await visit.sendAll();
    assert.equal(visit.count('lost'), 0);
    assert.deepEqual(page.spoken(), []);
  });

  test('addresses leave scrubbed, form values never', async () => {
    await visit.open('/users/ann@example.org/orders?token=s3cret&gclid=G1&q=hat#part');
    await page.type('#card', '4111111111111111');
    await visit.sendAll();
    assert.equal(server.events('page_view')[0].url, server.shop + '/users/[redacted]/orders?gclid=G1&q=hat');
    for (const { body } of server.requests) assert.doesNotMatch(body, /ann|s3cret|part"|411111/);
  });

  test('a page brought back from the back-forward cache is a new view', async () => {
    // A busy machine may make the browser drop a page that it could have kept: it gets three tries.
    let kept = false;
    let tries = 0;
    while (!kept && tries++ < 3) {
      await visit.open('/plain');
      await visit.sendAll();
      await page.evaluate(() => void (window.kept = true));
      await visit.open('/other');
      await page.back();
      await page.until(() => location.pathname === '/plain' && window.styk?.started);
      kept = await page.evaluate(() => window.kept === true);
      await visit.sendAll();
      assert.equal(visit.count('page_view'), 2 * tries);
      if (name === 'webkit') return;
    }
    assert.ok(kept, 'the browser kept the page');
  });

  test('a page being prerendered is not counted before somebody sees it', async () => {
    await visit.open('/prerendered');
    await visit.ready();
    await page.evaluate(() => {
      styk('track', 'queued');
      styk('flush');
    });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1800)));
    assert.equal(server.requests.length, 0);
    await page.evaluate(() => {
      window.seen = true;
      document.dispatchEvent(new Event('prerenderingchange'));
    });
    await visit.sendAll();
    assert.deepEqual(visit.names().slice(0, 2), ['page_view', 'queued']);
  });
}
