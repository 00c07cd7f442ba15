/** The overview in Chromium, on the real server: its numbers are the API's, in every theme and size. */

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { launchChromium } from './chromium.js';
import { setUpOwner } from './owner.js';
import { NARROW, WIDE, assertSoundEverywhere, listenForTrouble } from './sound.js';
import { startStyk } from './styk.js';

const SITE = 'hats';
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Where pictures of the screens go, if anywhere. */
const PICTURES = process.env.STYK_PICTURES;

let styk;
let browser;
let cookies;
let page;
let trouble;
let readKey;

before(async () => {
  let collectKey;
  const prepare = async ({ command, addKey }) => {
    await command(['site', 'add', SITE, '--domain', 'hats.example', '--time-zone', 'Europe/Warsaw']);
    await command(['site', 'add', 'empty', '--domain', 'empty.example']);
    [collectKey, readKey] = [await addKey(SITE, 'collect'), await addKey(SITE, 'read')];
  };
  [styk, browser] = await Promise.all([startStyk(prepare), launchChromium()]);
  const events = history(Date.now());
  await styk.accept(SITE, collectKey, events);
  await styk.waitLoaded(events.length);
  cookies = await setUpOwner(browser, styk);
});

after(async () => {
  await browser?.close();
  assert.deepEqual(await styk?.stop(), { code: 0, signal: null });
});

beforeEach(async () => {
  const context = await browser.createBrowserContext();
  await context.setCookie(...cookies);
  page = await context.newPage();
  await page.setViewport(WIDE);
  trouble = await listenForTrouble(page);
});

afterEach(async () => {
  assert.deepEqual(trouble, []);
  await page.browserContext().close();
});

/** Forty days of a shop that sells in two currencies, and somebody who is here now. */
function history(now) {
  const events = [];
  const tell = (visitor, at, name, more = {}) => events.push({ visitor, name, occurred_at: new Date(at).toISOString(), ...more });
  for (let day = 1; day <= 40; day += 1) {
    for (let number = 0; number < 3 + (day % 4); number += 1) {
      const visitor = `${day}-${number}`;
      const at = now - day * DAY_MS + number * 7 * MINUTE_MS;
      const channel = ['Email', 'Organic Search', 'Paid Search'][number % 3];
      const items = [{ item_id: 'CAP', item_name: 'Cap', price: '20.00', quantity: 1 + (number % 2) }];
      tell(visitor, at, 'page_view', { channel, url: 'https://hats.example/' });
      tell(visitor, at + MINUTE_MS, 'view_item', { url: 'https://hats.example/cap', items });
      if (number > 0) tell(visitor, at + 2 * MINUTE_MS, 'add_to_cart', { url: 'https://hats.example/cap', items });
      if (number > 1) tell(visitor, at + 3 * MINUTE_MS, 'begin_checkout', { url: 'https://hats.example/checkout', items });
      if (number > 2) {
        const order = { transaction_id: `T-${visitor}`, value: '43.50', currency: number === 4 ? 'PLN' : 'EUR' };
        tell(visitor, at + 4 * MINUTE_MS, 'purchase', { url: 'https://hats.example/thanks', ...order });
        tell(visitor, at + 5 * MINUTE_MS, 'purchase', { url: 'https://hats.example/thanks', ...order });
        if (day % 5 === 0) tell(visitor, at + DAY_MS / 2, 'refund', { transaction_id: order.transaction_id, value: '10.00', currency: order.currency });
      }
    }
  }
  tell('now', now - MINUTE_MS, 'page_view', { url: 'https://hats.example/cap' });
  tell('now', now - 30_000, 'add_to_cart', { url: 'https://hats.example/cap', items: [{ item_id: 'CAP', price: '20.00', quantity: 1 }] });
  return events;
}

/** Opens the overview and waits until all of it has its answer. */
async function openOverview(search = '', site = SITE) {
  await page.goto(`${styk.origin}/sites/${site}/overview${search}`);
  await settled();
}

const settled = () =>
  page.waitForFunction(() => {
    const answer = document.querySelector('.answer[aria-busy="false"]');
    const nobody = answer?.querySelector('.notice');
    return answer && document.querySelector('.live-now') && (nobody || document.querySelector('.worst-leak:not(.quiet)'));
  });

const parameter = (name) => new URL(page.url()).searchParams.get(name);
const digits = (words) => words.replaceAll(/[^\d.]/g, '');
const figure = (name) => page.$eval(`[data-figure="${name}"] .figure`, ({ textContent }) => textContent);

const ask = (report, question) => styk.ask(SITE, readKey, report, question);

const askSame = (more = {}) => ask('overview', { from: parameter('from'), to: parameter('to'), limit: 8, compare: 'previous', ...more });
const euros = (minor) => (minor / 100).toFixed(2);

test('the numbers on the screen are the numbers of the API', async () => {
  await openOverview();
  const { total, compare, trend } = await askSame();
  assert.ok(total.orders > 20 && total.net_minor.PLN > 0 && compare.total.orders > 0);
  assert.equal(digits(await figure('revenue')), euros(total.net_minor.EUR));
  assert.equal(digits(await figure('orders')), String(total.orders));
  assert.equal(digits(await figure('average')), euros(total.average_order_value_minor.EUR));
  assert.equal(digits(await figure('left')), euros(total.value_left_minor.EUR));
  assert.equal(digits(await figure('recovered')), euros(total.value_recovered_minor.EUR ?? 0));
  assert.equal(await figure('conversion'), `${(100 * total.conversion_rate).toFixed(1).replace(/\.0$/, '')}%`);
  const grown = total.orders > compare.total.orders ? '▲' : '▼';
  assert.ok((await page.$eval('[data-figure="orders"] .change', ({ textContent }) => textContent)).startsWith(grown));
  const rows = await page.$$eval('details.card tbody tr', (lines) => lines.map((line) => [...line.cells].map(({ dataset }) => dataset.value)));
  const expected = trend.buckets.map((bucket) => [
    bucket.from,
    String(bucket.visitors),
    String(bucket.sessions),
    String(bucket.page_views),
    String(bucket.orders),
    String(bucket.conversion_rate ?? ''),
    String(bucket.net_minor.EUR ?? 0),
    String(bucket.average_order_value_minor.EUR ?? ''),
    String(bucket.value_left_minor.EUR ?? 0),
    String(bucket.value_recovered_minor.EUR ?? 0),
  ]);
  assert.deepEqual(rows, expected);
});

test('the other currency and the other lists are one choice away, and stay in the address', async () => {
  await openOverview();
  const zloty = await page.$eval('.currencies', (choice) => [...choice.querySelectorAll('label')].map(({ textContent }) => textContent.trim()));
  assert.deepEqual(zloty, ['EUR', 'PLN']);
  await page.click('.currencies input[value="PLN"]');
  await page.waitForFunction(() => document.querySelector('[data-figure="revenue"] .figure').textContent.includes('PLN'));
  const { total, top } = await askSame();
  assert.equal(digits(await figure('revenue')), euros(total.net_minor.PLN));
  await page.click('input[value="page"]');
  await page.waitForFunction(() => document.body.innerText.includes('/checkout'));
  assert.deepEqual([parameter('currency'), parameter('by')], ['PLN', 'page']);
  const rows = await page.$$eval('.answer section.card tbody tr', (lines) => lines.map((line) => [...line.cells].map(({ dataset, innerText }) => dataset.value ?? innerText)));
  assert.deepEqual(rows, top.page.map((row) => [row.value, String(row.visitors), String(row.orders), String(row.order_rate), String(row.net_minor.PLN ?? 0)]));
  await page.reload();
  await settled();
  assert.ok((await figure('revenue')).includes('PLN'));
});

test('touchpoints are called as the register calls them, in the reader’s language; a saved table has their keys too', async () => {
  await openOverview('?by=touchpoint');
  const { top, touchpoint_names: names } = await askSame();
  const cells = () => page.$$eval('.answer section.card tbody th', (heads) => heads.map(({ textContent, dataset }) => [textContent.trim(), dataset.key]));
  const shown = await cells();
  assert.equal(names.product_page, 'Product page');
  assert.deepEqual(shown, top.touchpoint.map(({ value }) => [names[value] ?? { page_view: 'Page view', purchase: 'Purchase', refund: 'Refund' }[value] ?? value, value]));
  assert.equal(await page.$eval('[data-key="product_page"] bdi', ({ title }) => title), 'product_page');
  await page.evaluate(() => localStorage.setItem('styk-language', 'de'));
  await page.reload();
  await settled();
  assert.ok((await cells()).some(([name, key]) => name === 'Produktseite' && key === 'product_page'));
});

test('who is here now is everybody, and says so where all else is not', async () => {
  const note = () => page.$eval('[aria-labelledby="live-heading"]', ({ innerText }) => innerText.includes('Everybody who is here'));
  await openOverview();
  assert.equal(await note(), false);
  await openOverview('?segment=cart;ever_abandoned');
  assert.equal(await note(), true);
  assert.ok((await page.$eval('.answer .method', ({ textContent }) => textContent)).includes('Only the chosen visitors are counted.'));
});

test('a row of a list leads to the overview of those alone', async () => {
  await openOverview();
  await (await page.waitForSelector('::-p-aria([name="Email"][role="link"])')).click();
  await page.waitForFunction(() => document.querySelector('.chips')?.textContent.includes('Channel is Email'));
  await settled();
  const { total } = await askSame({ where: [{ field: 'channel', op: 'eq', value: 'Email' }] });
  assert.equal(digits(await figure('orders')), String(total.orders));
});

test('the way to an order, its biggest leak, and who is here now', async () => {
  await openOverview();
  const { steps } = await ask('funnel', {
    from: parameter('from'), to: parameter('to'),
    steps: ['view_item', 'add_to_cart', 'begin_checkout', 'purchase'].map((event) => ({ event })),
  });
  const shown = await page.$$eval('.way li .way-count', (counts) => counts.map(({ firstChild }) => firstChild.textContent.trim()));
  assert.deepEqual(shown, steps.map(({ reached }) => String(reached)));
  const { touchpoints } = await ask('dropoff', { from: parameter('from'), to: parameter('to'), currency: 'EUR', limit: 1 });
  const [worst] = touchpoints;
  const sentence = await page.$eval('.worst-leak', ({ textContent }) => textContent);
  assert.ok(sentence.includes(`${worst.exits_with_cart} session`), sentence);
  assert.equal(digits(await page.$eval('.worst-leak strong', ({ textContent }) => textContent)), euros(worst.value_at_exit_minor.EUR));
  assert.equal(await page.$eval('[data-live="visitors"]', ({ textContent }) => textContent), '1');
  assert.ok((await page.$eval('[aria-labelledby="live-heading"]', ({ innerText }) => innerText)).includes('€20.00'));
});

test('a filter holds for all of the screen', async () => {
  await openOverview('?where=channel:eq:Email');
  const { total } = await askSame({ where: [{ field: 'channel', op: 'eq', value: 'Email' }] });
  assert.equal(digits(await figure('orders')), String(total.orders));
  assert.equal(digits(await figure('revenue')), euros(total.net_minor.EUR ?? 0));
});

test('the keyboard opens the twin of the small lines', async () => {
  await openOverview();
  await page.focus('details.card summary');
  await page.keyboard.press('Enter');
  assert.equal(await page.$eval('details.card', ({ open }) => open), true);
  assert.ok((await page.$eval('details.card', ({ innerText }) => innerText)).includes('Page views'));
});

test('a site that nobody has visited says so, without a false zero', async () => {
  await openOverview('', 'empty');
  assert.equal(await page.$eval('h1', ({ textContent }) => textContent), 'Nobody came in these days');
  assert.equal(await page.$('.figures'), null);
});

test('the overview is sound on every screen', async () => {
  await assertSoundEverywhere(page, 'overview', openOverview);
  await assertSoundEverywhere(page, 'overview, opened', async () => {
    await openOverview('?by=page');
    await page.click('details.card summary');
  });
  await assertSoundEverywhere(page, 'overview, empty', () => openOverview('', 'empty'));
  await page.setViewport({ width: 360, height: 800 });
  await openOverview();
  const [scroll, client] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(scroll <= client, `${scroll} px in ${client}`);
});

test('pictures of it are taken where that is asked for', async () => {
  if (!PICTURES) return;
  await mkdir(PICTURES, { recursive: true });
  for (const scheme of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const viewport of [NARROW, WIDE, { width: 1920, height: 1080 }, { width: 768, height: 1024 }]) {
      await page.setViewport(viewport);
      await openOverview();
      await page.screenshot({ path: `${PICTURES}/overview-${scheme}-${viewport.width}.png`, fullPage: true });
    }
  }
});
