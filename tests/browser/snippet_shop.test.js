/** The snippet in every engine in a shop: what is bought, how a checkout is left, and what a shop marks in its pages. */

import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { ENGINES, launch } from './engines.js';
import { CLOSINGS, startSite, startVisit } from './snippet_pages.js';

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

  const path = (address) => address?.replace(server.shop, '');
  const paramsOf = (event) => server.events(event).map(({ params }) => params);
  const pause = (ms) => page.evaluate((time) => new Promise((resolve) => setTimeout(resolve, time)), ms);

  test('what was pushed before and after, in every vocabulary, counts once, and no article stays behind', async () => {
    await visit.open('/');
    await visit.ready();
    await page.evaluate(() => {
      const items = [{ item_id: 'SKU1', price: '19,90', quantity: 1 }];
      const products = [{ id: 'SKU1', price: '19.90', quantity: 1 }];
      for (let time = 0; time < 3; time++) pushObject('add_to_cart', { currency: 'EUR', value: '19,90', items });
      gtag('event', 'add_to_cart', { currency: 'EUR', value: 19.9, items });
      dataLayer.push({ event: 'gtm4wp.addProductToCartEEC', ecommerce: { currencyCode: 'EUR', add: { products } } });
      dataLayer.push({ event: 'gtm4wp.checkoutStepEEC', ecommerce: { checkout: { actionField: { step: 1 }, products } } });
      dataLayer.push({ ecommerce: { purchase: { actionField: { id: 'UA-' + location.port, revenue: '1 019,90' }, products } } });
    });
    await visit.sendAll();
    const names = ['page_view', 'view_item_list', 'add_to_cart', 'begin_checkout', 'purchase'];
    assert.deepEqual(visit.names(), names);
    assert.equal(paramsOf('view_item_list')[0].items.length, 3);
    assert.deepEqual(paramsOf('add_to_cart')[0].items, [{ item_id: 'SKU1', price: '19,90', quantity: 1 }]);
    visit.assertClean();
    await styk.waitLoaded(0);
    const stored = (await styk.stored()).find(({ transaction_id: order }) => order === 'UA-' + new URL(server.shop).port);
    assert.equal(stored.value_minor, 101_990);
  });

  test('a checkout that is left tells where, at which field, and how it went', async () => {
    await visit.open('/checkout-form');
    await visit.ready();
    await page.type('#name', 'Ann Smith');
    await page.type('#card', '4111111111111111');
    await page.type('#pass', 's3cret');
    await page.type('#postcode', 'abc');
    await page.click('#send');
    await page.click('#away');
    await server.waitFor(() => visit.count('checkout_leave') === 1);
    const [left] = paramsOf('checkout_leave');
    assert.deepEqual([left.stage, left.field, left.invalid_fields], ['contact', 'postcode', 1]);
    assert.ok(0 < left.stage_ms);
    assert.deepEqual(paramsOf('form_error'), [{ stage: 'contact', field: 'postcode' }]);
    assert.deepEqual(visit.names(), ['page_view', 'begin_checkout', 'checkout_stage', 'form_error', 'checkout_leave']);
    for (const { body } of server.requests) assert.doesNotMatch(body, /Ann|411111|s3cret|abc|card|pass/);
  });

  test('a checkout left by closing the tab tells so too', async () => {
    for (let tab = 0; tab < CLOSINGS; tab++) {
      const closed = await visit.profile.newPage();
      await visit.open('/checkout-form', closed);
      await visit.ready(closed);
      await closed.type('#name', 'Ann');
      await closed.close();
    }
    await server.waitFor(() => visit.told('checkout_leave').length === CLOSINGS);
    for (const { params } of visit.told('checkout_leave')) assert.equal(params.field, 'full_name');
  });

  test('the way to a payment provider is no leaving', async () => {
    await visit.open('/checkout-form');
    await visit.ready();
    // The Navigation API tells of every way out, older engines of forms only.
    const jumps = await page.evaluate(() => 'navigation' in window);
    if (jumps) await page.click('#jump');
    else {
      await page.evaluate(() => {
        for (const field of document.querySelectorAll('[required]')) field.required = false;
        document.querySelector('#postcode').pattern = '.*';
        window.pay = true;
      });
      await page.click('#send');
    }
    await server.waitFor(() => visit.count('payment_redirect') === 1);
    const host = new URL(server.shop).host.replace('127.0.0.1', 'localhost');
    assert.deepEqual(paramsOf('payment_redirect'), [{ stage: 'contact', host }]);
    assert.equal(visit.count('checkout_leave'), 0);
  });

  test('a bought cart is not left, and looking at a product leaves the checkout', async () => {
    await visit.open('/plain');
    await visit.ready();
    await page.evaluate(() => {
      for (const event of ['view_cart', 'begin_checkout', 'add_shipping_info', 'add_payment_info', 'purchase']) styk('track', event);
    });
    await visit.sendAll();
    assert.equal(visit.count('checkout_leave'), 0);
    await page.evaluate(() => {
      styk('track', 'add_shipping_info');
      styk('track', 'view_item');
    });
    await visit.sendAll();
    assert.equal(paramsOf('checkout_leave')[0].stage, 'shipping');
  });

  test('a shop without any tracking marks its pages', async () => {
    await visit.open('/marked');
    await visit.ready();
    await page.click('#add b');
    await page.click('#share');
    await page.click('#quiet');
    await page.click('#pdf');
    await page.click('#out');
    await visit.sendAll();
    assert.deepEqual(visit.names(), ['page_view', 'view_item', 'add_to_cart', 'share', 'download', 'outbound']);
    const [added] = server.events('add_to_cart');
    const item = { id: 'SKU1', name: 'Cap', price: '19,90 €', quantity: '2', category: 'Hats', view: 'view_item' };
    assert.deepEqual(added.params, { colour: 'navy', currency: 'EUR', items: [item] });
    assert.equal(paramsOf('outbound')[0].link_url, 'https://elsewhere.example/a');
    assert.equal(path(paramsOf('download')[0].link_url), '/guide.pdf');
    visit.assertClean();
  });

  test('three clicks on what does not answer are a rage', async () => {
    await visit.open('/marked');
    await visit.ready();
    await page.evaluate(() => {
      for (let time = 0; time < 5; time++) document.querySelector('#dead').click();
    });
    await visit.sendAll();
    assert.deepEqual(paramsOf('rage_click'), [{ element: 'dead' }]);
  });

  test('time and depth are told when a view ends, and only what is new', async () => {
    await visit.open('/tall');
    await visit.ready();
    await page.click('body');
    await page.evaluate(() => scrollTo(0, 2000));
    await pause(1300);
    await page.evaluate(() => history.pushState({}, '', '/next'));
    await server.waitFor(() => visit.count('page_view') === 2);
    await pause(1300);
    await visit.open('/other');
    await server.waitFor(() => visit.count('engagement') === 2);
    const told = server.events('engagement').sort((one, other) => one.sequence - other.sequence);
    assert.deepEqual(
      told.map(({ url }) => path(url)),
      ['/tall', '/next'],
    );
    const [first, second] = told.map(({ params }) => params);
    assert.ok(40 < first.scroll_percent && first.scroll_percent <= 100, `${first.scroll_percent} %`);
    for (const { engaged_ms: ms } of [first, second]) assert.ok(1000 <= ms && ms < 20_000, `${ms} ms`);
  });
}
