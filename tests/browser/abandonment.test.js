/** The screen of carts that were left, and what is around every report, in Chromium on the real server. */

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from './chromium.js';
import { setUpOwner } from './owner.js';
import { startPastCarts } from './past_carts.js';
import { NARROW, WIDE, assertSoundEverywhere, listenForTrouble } from './sound.js';
import { poll } from './styk.js';

const SITE = 'hats';
const SCREEN = `/sites/${SITE}/abandonment`;

let shop;
let styk;
let browser;
let context;
let page;
let trouble;
let cookies;
let downloads;

before(async () => {
  [shop, browser] = await Promise.all([startPastCarts(SITE), launchChromium()]);
  styk = shop.styk;
  downloads = await mkdtemp(join(tmpdir(), 'styk-saved-'));
  cookies = await setUpOwner(browser, styk);
});

after(async () => {
  await browser?.close();
  if (downloads) await rm(downloads, { recursive: true });
  assert.deepEqual(await styk?.stop(), { code: 0, signal: null });
});

beforeEach(async () => {
  context = await browser.createBrowserContext({ downloadBehavior: { policy: 'allow', downloadPath: downloads } });
  await context.setCookie(...cookies);
  page = await context.newPage();
  await page.setViewport(WIDE);
  trouble = await listenForTrouble(page);
});

afterEach(async () => {
  assert.deepEqual(trouble, []);
  await context.close();
});

const parameters = () => new URL(page.url()).searchParams;
const labelled = (label) => `::-p-aria([name="${label}"])`;
/** The input with this label: an option of a select may be called the same. */
const input = (label) => `::-p-xpath(//input[@id=//label[normalize-space()="${label}"]/@for])`;
const button = (name) => `::-p-aria([name="${name}"][role="button"])`;
const headline = () => page.$eval('h1', ({ textContent }) => textContent);
const waitForText = (words) => page.waitForFunction((wanted) => document.body.innerText.includes(wanted), {}, words);

async function open(search = '') {
  await page.goto(styk.origin + SCREEN + search);
  await settled();
}

/** Both questions of the screen are answered. */
const settled = () =>
  page.waitForFunction(() => {
    const answers = [...document.querySelectorAll('.answer')];
    const list = document.querySelector('.cart-list .answer');
    return list && answers.every((answer) => answer.getAttribute('aria-busy') === 'false') && !document.querySelector('.answer [aria-busy="true"]') && document.querySelector('.scope select');
  });

/** The rows of the table in the card with this heading. */
const rowsOf = (heading) =>
  page.evaluate((wanted) => {
    const cards = [...document.querySelectorAll('.card')];
    const card = cards.find((candidate) => candidate.querySelector('h2, h3, summary')?.textContent === wanted);
    return [...card.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent.trim()));
  }, heading);

const ask = (report, question) => shop.ask(report, { from: parameters().get('from'), to: parameters().get('to'), ...question });

const euros = (minor) => (minor / 100).toFixed(2);

test('what the screen shows is what the API says, and that is what was sent', async () => {
  await open();
  const { total, breakdown, days } = await ask('abandonment', { limit: 6 });
  assert.deepEqual([total.opened, total.abandoned, total.recovered, total.purchased], [31, 25, 2, 4]);
  assert.deepEqual([total.value_lost_minor, total.value_recovered_minor, total.value_purchased_minor], [{ EUR: 48_000, RSD: 120_000 }, { EUR: 18_000 }, { EUR: 36_000 }]);
  const figures = await page.$$eval('.figure', (cells) => cells.map(({ textContent }) => textContent));
  assert.deepEqual(figures, ['€480.00', '€480.00', '€180.00', '87.1%', '100%']);
  assert.equal(await headline(), '€480 left behind in carts; all of it can still be won back');
  for (const [by, heading] of [['step', 'How far they got'], ['device', 'Device'], ['reason', 'What may have sent them away'], ['channel', 'Channel']]) {
    const expected = breakdown[by].map((row) => [row.ever_abandoned, row.cart_abandonment_rate, euros(row.value_lost_minor.EUR ?? 0)].map(String));
    assert.deepEqual((await rowsOf(heading)).map(([, ...numbers]) => numbers), expected, by);
  }
  const byDay = days.map((day) => [day.from.slice(0, 10), day.opened, day.ever_abandoned, day.recovered, euros(day.value_purchased_minor.EUR ?? 0), euros(day.value_recovered_minor.EUR ?? 0), euros(day.value_lost_minor.EUR ?? 0)].map(String));
  assert.deepEqual(await rowsOf('The same as a table'), byDay);
  const listed = await ask('carts', { states: ['abandoned'], limit: 20 });
  assert.deepEqual((await rowsOf('Carts')).map(([cart]) => cart), listed.carts.map((cart) => cart.cart_id));
});

test('it is sound in both themes on phone and desk, with a row and a cart open, and with nothing', async () => {
  await assertSoundEverywhere(page, 'carts', () => open());
  const { carts } = await ask('carts', { limit: 1 });
  await assertSoundEverywhere(page, 'one cart', async () => {
    await open(`?row=step:checkout&state=all&show=carts&where=device:eq:mobile&cart=${carts[0].cart}`);
    await page.waitForSelector('.cart-history tbody tr');
  });
  await assertSoundEverywhere(page, 'no carts', async () => {
    await page.goto(`${styk.origin}${SCREEN}?from=2020-01-01&to=2020-01-02`);
    await waitForText('Nobody put anything into a cart');
  });
});

test('a row leads to its carts, a cart to its history, and the address keeps both', async () => {
  await open();
  await page.click(button('Show these carts: Payment failed'));
  await waitForText('What may have sent them away: Payment failed');
  await settled();
  assert.equal(parameters().get('row'), 'reason:payment_failed');
  assert.deepEqual((await rowsOf('Carts')).map((row) => row.at(-1)), Array(4).fill('Payment failed'));
  await page.click(button('History: left-6'));
  await page.waitForSelector('.cart-history tbody tr');
  const what = (await rowsOf('One cart’s history')).map(([, said]) => said);
  assert.deepEqual([what[0], what.at(-1)], ['Opened', 'Left behind']);
  await page.reload();
  await page.waitForSelector('.cart-history tbody tr');
  await page.focus('.cart-history button');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('.cart-history'));
  assert.equal(parameters().get('cart'), null);
});

test('the list is read page by page', async () => {
  await open();
  await waitForText('1 – 20 of 25');
  await page.click(button('More'));
  await waitForText('21 – 25 of 25');
  assert.equal((await rowsOf('Carts')).length, 5);
  await page.click(button('Back'));
  await waitForText('1 – 20 of 25');
});

test('another currency is another question, never added to the first', async () => {
  await open();
  await (await page.waitForSelector(labelled('Currency'))).select('RSD');
  await page.waitForFunction(() => document.querySelector('h1').textContent.includes('RSD'));
  assert.equal(await headline(), 'RSD 1.2K left behind in carts; all of it can still be won back'.replaceAll(' 1.2K', '\u00a01.2K'));
  assert.equal(parameters().get('currency'), 'RSD');
});

test('a filter is chosen from what occurs, goes along to other reports, and can be taken away', async () => {
  await open();
  await page.click(button('Add a filter'));
  await (await page.waitForSelector(labelled('Field'))).select('device');
  await (await page.waitForSelector(input('Value'))).type('Phone');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.chips');
  await settled();
  assert.equal(parameters().get('where'), 'device:eq:mobile');
  const where = [{ field: 'device', op: 'eq', value: 'mobile' }];
  const { total } = await ask('abandonment', { where });
  assert.equal(total.opened, 12);
  await waitForText('12 of 12 carts were left.');
  await page.click('nav.screens a[href*="/funnel"]');
  await page.waitForSelector('.chips');
  assert.equal(new URL(page.url()).pathname, `/sites/${SITE}/funnel`);
  assert.equal(parameters().get('where'), 'device:eq:mobile');
  await page.click(button('Remove the filter Device is Phone'));
  await page.waitForFunction(() => !document.querySelector('.chips'));
  assert.equal(parameters().get('where'), null);
});

test('the period before stands beside, or not, as the address says', async () => {
  await open();
  assert.equal(parameters().get('compare'), 'previous');
  await waitForText('as it stood at the same age');
  await page.click(labelled('Compare with the period before'));
  await page.waitForFunction(() => !document.body.innerText.includes('as it stood at the same age'));
  assert.equal(parameters().get('compare'), null);
});

test('everything can be reached by keys alone, and ? lists them', async () => {
  await open();
  await page.keyboard.press('?');
  await page.waitForSelector('dialog.keys[open]');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('dialog.keys'));
  await page.keyboard.press('p');
  assert.equal(await page.evaluate(() => document.activeElement.matches('.scope select')), true);
  const visited = new Set();
  const selector = 'main button:not(:disabled), main select, main summary, main input, .days-chart';
  const controls = await page.$$eval(selector, (all) => all.filter((one) => one.checkVisibility()).length);
  await page.evaluate(() => document.activeElement.blur());
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press('Tab');
    visited.add(await page.evaluate((wanted) => [...document.querySelectorAll(wanted)].indexOf(document.activeElement), selector));
  }
  visited.delete(-1);
  // Of two radio buttons one is reached by Tab, the other by an arrow.
  assert.equal(visited.size, controls - 1);
  await page.focus('.days-chart');
  await page.keyboard.press('End');
  assert.match(await page.$eval('.readout strong', ({ textContent }) => textContent), /not over$/);
  await page.keyboard.press('Escape');
  assert.equal(await page.$eval('.readout strong', ({ textContent }) => textContent), 'All days');
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('2');
  await page.waitForFunction(() => location.pathname.endsWith('/funnel'));
});

test('a question that takes long can be stopped, and the server hears of it', async () => {
  await page.setRequestInterception(true);
  let held = 0;
  const gone = [];
  page.on('requestfailed', (request) => gone.push(request.url()));
  page.on('request', (request) => {
    // Held until it is given up.
    if (request.url().endsWith('/reports/abandonment') && (held += 1) === 1) return;
    request.continue();
  });
  await page.goto(styk.origin + SCREEN);
  await (await page.waitForSelector(button('Stop asking'))).click();
  await waitForText('You stopped this question');
  assert.deepEqual(gone.map((url) => new URL(url).pathname), [`/v1/sites/${SITE}/reports/abandonment`]);
  await page.click(button('Ask again'));
  await settled();
  assert.match(await headline(), /€480/);
});

/** The file that a click saves. */
async function saved(selector, ending) {
  const before = new Set(await readdir(downloads));
  await page.click(selector);
  const fresh = async () => (await readdir(downloads)).find((name) => !before.has(name) && name.endsWith(ending));
  const name = await poll(fresh, () => `no ${ending} in ${downloads}`);
  return { name, bytes: await readFile(join(downloads, name)) };
}

test('tables are saved as they are shown, and no cell is a formula', async () => {
  await open();
  const { name, bytes } = await saved(button('CSV: Product left behind'), '.csv');
  assert.equal(name, 'styk-product-left-behind.csv');
  const lines = bytes.toString('utf8').split('\r\n');
  assert.equal(lines[0], '\ufeffProduct left behind,Left,Rate,Lost EUR');
  assert.ok(lines.some((line) => line.startsWith(`"'=HYPERLINK(""https://evil.example"")`)), lines.join('\n'));
  assert.ok(lines.includes('Cap (Cap),23,1,460.00'), lines.join('\n'));
});

test('a chart is saved as a picture', async () => {
  await open();
  const { bytes } = await saved(button('PNG: Bought, recovered, lost'), '.png');
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  assert.ok(width > 1500 && height > 500, `${width} × ${height}`);
});

test('each language is chosen by the browser, or by hand and kept', async () => {
  const said = { pl: 'Porównaj z poprzednim okresem', cs: 'Porovnat s předchozím obdobím', de: 'Mit dem Zeitraum davor vergleichen' };
  for (const [language, words] of Object.entries(said)) {
    const own = await context.newPage();
    const heard = await listenForTrouble(own);
    await own.evaluateOnNewDocument((wanted) => Object.defineProperty(navigator, 'languages', { get: () => [wanted, 'en'] }), language);
    await assertSoundEverywhere(own, `in ${language}`, async () => {
      await own.goto(styk.origin + SCREEN);
      await own.waitForFunction((wanted) => document.body.innerText.includes(wanted) && document.querySelector('.cart-list tbody tr'), {}, words);
    });
    assert.equal(await own.evaluate(() => document.documentElement.lang), language);
    assert.deepEqual(heard, []);
    await own.close();
  }
  await open();
  await page.click('.account-button');
  const choice = await page.waitForSelector(labelled('Language'));
  await Promise.all([page.waitForNavigation(), choice.select('de')]);
  await waitForText(said.de);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
});

/** Bytes of scripts as they come over the wire while a page is opened by somebody new. */
async function scriptBytes(path, arrived, signedIn) {
  const fresh = await browser.createBrowserContext();
  if (signedIn) await fresh.setCookie(...cookies);
  const own = await fresh.newPage();
  const session = await own.createCDPSession();
  await session.send('Network.enable');
  const scripts = new Set();
  let bytes = 0;
  session.on('Network.responseReceived', ({ requestId, type, response }) => type === 'Script' && /\.js$/.test(response.url) && scripts.add(requestId));
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => scripts.has(requestId) && (bytes += encodedDataLength));
  await own.goto(styk.origin + path);
  await own.waitForSelector(arrived);
  await own.waitForNetworkIdle();
  await fresh.close();
  return bytes;
}

test('the first view comes in 25 kB of scripts, and none of all screens needs more than 60 in all', async () => {
  const first = await scriptBytes('/login', 'form', false);
  assert.ok(10_000 < first && first <= 25_000, `${first} bytes`);
  const screens = [[SCREEN, '.cart-list tbody tr'], ...['overview', 'funnel', 'dropoff', 'retention'].map((name) => [`/sites/${SITE}/${name}`, '.answer']), [`/sites/${SITE}/visitors`, '.person-list']];
  for (const [path, arrived] of screens) {
    const all = await scriptBytes(path, arrived, true);
    assert.ok(first < all && all <= 60_000, `${path}: ${all} bytes`);
  }
});

test('on paper stands the report and nothing to click', async () => {
  await open();
  await page.emulateMediaType('print');
  await page.setViewport(NARROW);
  const seen = await page.$$eval('button, select, nav a', (all) => all.filter((one) => one.offsetParent !== null && !one.closest('tbody')).map(({ textContent }) => textContent));
  assert.deepEqual(seen, []);
  assert.ok((await page.pdf()).length > 10_000);
});
