/** Share links in Chromium, on the real server: every report's screen makes one, whose holder sees the same numbers, and
 * neither people nor carts nor a way to them. */

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchChromium } from './chromium.js';
import { setUpOwner } from './owner.js';
import { startPastCarts } from './past_carts.js';
import { WIDE, assertSoundEverywhere, listenForTrouble } from './sound.js';

const SITE = 'hats';
/** The screens that can be shared, each with a question that is not the usual one. */
const SCREENS = {
  overview: '?by=device',
  dropoff: '?unit=visitor',
  abandonment: '?show=carts',
  retention: '?by=day&cohort=first_order&returning=order',
  funnel: '?steps=add_to_cart,purchase',
};
/** What the shop's events name, and nobody else may read. */
const SECRETS = /left-\d|bought-\d|order-\d|Visitor …/;

let shop;
let styk;
let browser;
let page;
let trouble;
let cookies;

before(async () => {
  [shop, browser] = await Promise.all([startPastCarts(SITE), launchChromium()]);
  styk = shop.styk;
  cookies = await setUpOwner(browser, styk);
});

after(async () => {
  await browser?.close();
  assert.deepEqual(await styk?.stop(), { code: 0, signal: null });
});

beforeEach(async () => {
  page = await newPage(cookies);
});

afterEach(async () => {
  assert.deepEqual(trouble, []);
  await page.browserContext().close();
});

async function newPage(kept) {
  const context = await browser.createBrowserContext();
  await context.setCookie(...kept);
  const opened = await context.newPage();
  await opened.setViewport(WIDE);
  trouble = await listenForTrouble(opened);
  return opened;
}

const button = (name) => `::-p-aria([name="${name}"][role="button"])`;
const settled = (where) =>
  where.waitForFunction(() => {
    const answers = [...document.querySelectorAll('.answer')];
    return answers.length > 0 && answers.every((one) => one.getAttribute('aria-busy') === 'false' && !one.querySelector('[role="status"], [aria-busy="true"]'));
  });
/** What a screen says in figures and tables; the list of carts is no part of the report. */
const numbers = (where) =>
  where.evaluate(() => {
    const told = [...document.querySelectorAll('.answer')][0];
    const figures = [...told.querySelectorAll('.figure')].map(({ textContent }) => textContent);
    const rows = [...told.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent.trim()));
    return { title: document.querySelector('h1').textContent, figures, rows };
  });

/** A link to what is shown, made by clicks. */
async function makeLink() {
  await (await page.waitForSelector('details.share summary')).click();
  await (await page.waitForSelector(button('Make a link'))).click();
  const field = await page.waitForSelector('::-p-aria([name="Link"][role="textbox"])');
  return field.evaluate(({ value }) => value);
}

for (const [screen, question] of Object.entries(SCREENS)) {
  test(`whoever has a link to ${screen} sees the same numbers, and nothing that leads elsewhere`, async () => {
    await page.goto(`${styk.origin}/sites/${SITE}/${screen}${question}`);
    await settled(page);
    const own = await numbers(page);
    assert.ok(own.figures.length > 3 && own.rows.length > 1, JSON.stringify(own));
    const link = await makeLink();
    await page.browserContext().close();
    page = await newPage([]);
    await assertSoundEverywhere(page, `shared ${screen}`, async () => {
      await page.goto('about:blank');
      await page.goto(link);
      await settled(page);
    });
    if (screen === 'abandonment') await (await page.waitForSelector('::-p-aria([name="Carts"])')).click();
    if (screen === 'overview') await (await page.waitForSelector('::-p-aria([name="Device"])')).click();
    const { title, figures, rows } = await numbers(page);
    assert.deepEqual([title, figures], [own.title, own.figures]);
    // Of one touchpoint, how it is by device and channel is another question.
    assert.deepEqual(rows, screen === 'dropoff' ? own.rows.slice(-rows.length) : own.rows);
    const [said, ways] = await page.$eval('main', (main) => [main.innerText, [...main.querySelectorAll('a')].map(({ href }) => href)]);
    assert.ok(!SECRETS.test(said), said);
    assert.deepEqual(ways, []);
    assert.match(said, /The link works until/);
  });
}

test('the days and visitors of a link stand below its title, and hold', async () => {
  await page.goto(`${styk.origin}/sites/${SITE}/overview?from=2026-01-01&to=2030-01-01&where=device:eq:mobile&segment=cart;ever_abandoned`);
  await settled(page);
  const own = await numbers(page);
  const link = await makeLink();
  await page.browserContext().close();
  page = await newPage([]);
  await page.goto(link);
  await settled(page);
  await page.waitForSelector('.segment .chips li');
  const chips = await page.$$eval('.frozen .chips li', (all) => all.map(({ textContent }) => textContent.trim()));
  assert.deepEqual(chips, ['Device is Phone', 'opened a cart that was left behind, bought later or not']);
  assert.equal((await page.$$('.frozen button')).length, 0);
  assert.deepEqual((await numbers(page)).figures, own.figures);
});

test('who may only look makes no link', async () => {
  await page.goto(`${styk.origin}/sites/${SITE}/settings?part=users`);
  await (await page.waitForSelector('::-p-aria([name="E-mail"])')).type('viv@example.org');
  await page.click(button('Make the invitation'));
  const invitation = await (await page.waitForSelector('.once code')).evaluate(({ textContent }) => textContent);
  await page.browserContext().close();
  page = await newPage([]);
  await page.goto(invitation);
  const fields = await page.waitForSelector('input[type=password]');
  await fields.type('a hat for every head');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.account-button');
  for (const screen of Object.keys(SCREENS)) {
    await page.goto(`${styk.origin}/sites/${SITE}/${screen}${SCREENS[screen]}`);
    await settled(page);
    assert.equal((await page.$$('details.share')).length, 0, screen);
  }
  trouble = trouble.filter((line) => !/status of 401/.test(line));
});
