/** The adapters in every engine, beside the snippet, in front of a real server: each platform's own events. */

import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { ENGINES, launch } from './engines.js';
import { startSite, startVisit } from './snippet_pages.js';
import { PLATFORM_PAGES } from './snippet_platforms.js';

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
    visit = await startVisit(engine, styk.origin, PLATFORM_PAGES);
    ({ page, server } = visit);
  });
  afterEach(() => visit.close());

  for (const [platform, expected] of [
    ['woocommerce', 'add_to_cart begin_checkout add_shipping_info add_payment_info coupon_applied'],
    ['woocommerce-blocks', 'add_to_cart remove_from_cart'],
    ['shopify-theme', 'view_item_list view_item view_cart add_to_cart'],
    ['adobe-commerce', 'view_item begin_checkout purchase'],
    ['prestashop', 'begin_checkout add_to_cart add_shipping_info'],
  ]) {
    test(`${platform}: what the platform tells is counted, in its order`, async () => {
      await visit.open('/' + platform);
      await page.evaluate(() => act());
      await visit.sendAll();
      const told = visit.names().filter((event) => !/^(page_view|checkout_leave)$/.test(event));
      assert.deepEqual(told, expected.split(' '));
      visit.assertClean();
    });
  }

  test('Shopify’s pixel sends out of its sandbox, and neither the buyer nor the checkout’s key', async () => {
    await visit.open('/shopify-checkout');
    await server.waitFor(() => server.events().length === 4);
    const names = server.events().map((event) => event.name);
    assert.deepEqual(names.sort(), ['add_payment_info', 'add_shipping_info', 'begin_checkout', 'purchase']);
    const [{ id, url, params }] = server.events('purchase');
    assert.deepEqual([id, url, params.value], ['purchase S-1001', 'https://127.0.0.1/checkout', 44.8]);
    for (const { headers, body, status, answer } of server.requests) {
      assert.deepEqual([headers.origin, status, JSON.parse(answer).refused], ['null', 202, []]);
      assert.doesNotMatch(body, /ann|secret/);
    }
  });
}
