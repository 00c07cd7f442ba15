/** The install screen in Chromium: its tag in a shop's page, and what it says of that page while it is looked at. */

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer, request as connect } from 'node:http';
import { launchChromium } from './chromium.js';
import { setUpOwner } from './owner.js';
import { startShop } from './server.js';
import { assertSoundEverywhere, listenForTrouble } from './sound.js';
import { startStyk } from './styk.js';

const SITE = 'hats';
// Another site, and another name of the same computer.
const BLOCKED = 'caps';

let styk;
let browser;
let cookies;
let page;
let trouble;
let shop;
let visitor;

before(async () => {
  const prepare = async ({ command }) => {
    await command(['site', 'add', SITE, '--domain', '127.0.0.1']);
    await command(['site', 'add', BLOCKED, '--domain', 'localhost']);
  };
  [styk, browser] = await Promise.all([startStyk(prepare), launchChromium()]);
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
  trouble = await listenForTrouble(page);
  // Somebody else, in a window of her own.
  visitor = await (await browser.createBrowserContext()).newPage();
});

afterEach(async () => {
  await Promise.all([page, visitor].map((one) => one.browserContext().close()));
  await shop?.close();
  assert.deepEqual(trouble, []);
});

async function openInstall(site) {
  await page.goto(`${styk.origin}/sites/${site}/install`);
  // The attempt from this browser is made, too.
  await page.waitForSelector('[aria-busy="false"] .good');
}

const headline = () => page.$eval('h1', ({ textContent }) => textContent);
const waitForText = (words) => page.waitForFunction((wanted) => document.body.innerText.includes(wanted), {}, words);
const tags = () => page.$$eval('.tag code', (codes) => codes.map(({ textContent }) => textContent));
const shopPage = (tag) => `<!doctype html><meta charset="utf-8"><title>Hats</title>${tag}<h1>Hats</h1>`;
const started = () => visitor.waitForFunction(() => window.styk?.started);

/** The card under a heading, as text. */
const cardOf = (heading) =>
  page.evaluate((wanted) => {
    const cards = [...document.querySelectorAll('section.card')];
    return cards.find((card) => card.querySelector('h2')?.textContent === wanted).innerText;
  }, heading);

test('the tag is pasted, and events arrive before one’s eyes', async () => {
  await assertSoundEverywhere(page, 'install, nothing yet', () => openInstall(SITE));
  assert.equal(await headline(), 'No event has arrived yet');
  const [following, pinned] = await tags();
  assert.equal(following, `<script async src="${styk.origin}/s.js" data-styk-site="${SITE}"></script>`);
  assert.match(pinned, /\/s\.[0-9a-f]{16}\.js" integrity="sha384-[\w+/]{64}" crossorigin="anonymous" /);

  shop = await startShop(styk.origin, SITE, { '/': shopPage(following), '/pinned': shopPage(pinned) });
  await visitor.goto(shop.origin + '/');
  await page.waitForFunction(() => /^Events arrive: \d+ in the last 10 minutes$/.test(document.querySelector('h1').textContent));
  assert.match(await cardOf('What arrives'), /Page view\s+1\s+1\s/);
  assert.match(await cardOf('Consent'), /Every event .* “cookieless”|cookieless\s+\d+ events? in 7 days/);

  await visitor.goto(shop.origin + '/pinned');
  await started();
  await visitor.evaluate(() => {
    styk('track', 'addToCart');
    styk('track', 'no name!');
    styk('flush');
  });
  await waitForText('addToCart');
  assert.match(await cardOf('Names that are not mapped'), /1 event\s+addToCart/);
  await waitForText('bad_name');
  assert.match(await cardOf('Turned away, and what to do'), /1 event[\s\S]*hats · refused · bad_name · 1 since you opened this page/i);
  await assertSoundEverywhere(page, 'install, events arrive', async () => {
    await openInstall(SITE);
    await page.waitForSelector('tbody tr');
  });
});

/** A shop that passes on what lies below `/x`, as a reverse proxy does, and allows nothing but itself. */
async function startProxyingShop(html) {
  const headers = { 'Content-Type': 'text/html', 'Content-Security-Policy': "default-src 'none'; script-src 'self'; connect-src 'self'" };
  const server = createServer((request, response) => {
    if (!request.url.startsWith('/x/')) return response.writeHead(200, headers).end(html);
    const asked = { method: request.method, headers: { ...request.headers, host: new URL(styk.origin).host } };
    const onward = connect(styk.origin + request.url.slice('/x'.length), asked, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => (server.close(), server.closeAllConnections());
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

test('one prefix that the shop passes on moves script and events', async () => {
  await openInstall(SITE);
  const [, pinned] = await tags();
  shop = await startProxyingShop(shopPage(pinned.replace(styk.origin, '/x')));
  await visitor.goto(shop.origin + '/');
  await started();
  await visitor.evaluate(() => {
    styk('track', 'proxied');
    styk('flush');
  });
  await waitForText('proxied');
});

test('what this browser can try is tried, and nothing is counted by it', async () => {
  await openInstall(BLOCKED);
  const results = await page.$$eval('.tried li', (rows) => rows.map(({ textContent }) => textContent));
  assert.equal(results.length, 3);
  assert.match(results[0], /^✓ \/s\.js is served, \d/);
  assert.deepEqual(results.slice(1), ['✓ Its bytes are those of the integrity hash.', '✓ /s takes events.']);
  const { origin } = styk;
  assert.ok((await cardOf('What may block')).includes(`script-src ${origin}; connect-src ${origin}`));
  assert.match(await cardOf('What arrives'), /Script fetched\s+–/);
});

test('a page that loads the script and is kept from sending is told from one without the tag', async () => {
  await openInstall(BLOCKED);
  assert.equal(await headline(), 'No event has arrived yet');
  const [tag] = await tags();
  const headers = { 'Content-Security-Policy': `script-src ${styk.origin}; connect-src 'none'` };
  shop = await startShop(styk.origin, BLOCKED, { '/': { html: shopPage(tag), headers } });
  await visitor.goto(shop.origin.replace('127.0.0.1', 'localhost') + '/');
  await started();
  await waitForText('The shop loads the script, but no event has arrived');
});

test('an adapter’s tag, and the pixel’s code with the shop’s own words in it', async () => {
  await openInstall(SITE);
  const platform = await page.waitForSelector('::-p-aria([name="Platform"])');
  await platform.select('woocommerce');
  await page.waitForFunction(() => document.querySelectorAll('.platform ~ .code').length === 2);
  const [woocommerce] = await page.$$eval('.platform ~ .code code', (codes) => codes.map(({ textContent }) => textContent));
  assert.equal(woocommerce, `<script defer src="${styk.origin}/s/woocommerce.js"></script>`);
  await platform.select('shopify-pixel');
  await waitForText('Code of the pixel');
  const [pixel] = await page.$$eval('.platform ~ .code code', (codes) => codes.map(({ textContent }) => textContent));
  assert.ok(pixel.includes(`"${styk.origin}/s"`) && pixel.includes(`site:"${SITE}"`), pixel);
  assert.doesNotMatch(pixel, /HOST|SITE/);
});
