/** What the tests of the screens about people share: the shop, a signed-in page, and how its controls are found. */

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { launchChromium } from './chromium.js';
import { setUpOwner } from './owner.js';
import { startPastPeople } from './past_people.js';
import { WIDE, listenForTrouble } from './sound.js';

export const SITE = 'hats';
export const labelled = (label) => `::-p-aria([name="${label}"])`;
export const button = (name) => `::-p-aria([name="${name}"][role="button"])`;

/**
 * Starts the shop before the tests of a file, and gives each a page of its own that must stay silent.
 *
 * @returns {{ page: import('puppeteer-core').Page, shop: Awaited<ReturnType<typeof startPastPeople>>, trouble: string[] }} is
 *   filled before each test
 */
export function withPeople(isForeseen) {
  const own = {};
  let browser;
  let cookies;
  let context;
  before(async () => {
    [own.shop, browser] = await Promise.all([startPastPeople(SITE), launchChromium()]);
    cookies = await setUpOwner(browser, own.shop.styk);
  });
  after(async () => {
    await browser?.close();
    assert.deepEqual(await own.shop?.styk.stop(), { code: 0, signal: null });
  });
  beforeEach(async () => {
    context = await browser.createBrowserContext();
    await context.setCookie(...cookies);
    own.page = await context.newPage();
    // A busy machine takes its time.
    own.page.setDefaultTimeout(120_000);
    await own.page.setViewport(WIDE);
    own.trouble = await listenForTrouble(own.page, isForeseen);
  });
  afterEach(async () => {
    assert.deepEqual(own.trouble, []);
    await context.close();
  });
  return own;
}

export const parametersOf = (page) => new URL(page.url()).searchParams;
export const headlineOf = (page) => page.$eval('h1', ({ textContent }) => textContent);
export const waitForText = (page, words) => page.waitForFunction((wanted) => document.body.innerText.includes(wanted), {}, words);

/** Every question that the screen asks at once is answered. */
export const settled = (page) =>
  page.waitForFunction(() => {
    const answers = [...document.querySelectorAll('.answer')];
    const done = answers.length > 0 && answers.every((answer) => answer.getAttribute('aria-busy') === 'false');
    return done && !document.querySelector('main p.quiet[role="status"]:not(.unseen)');
  });

/** The rows of the first table in the card with this heading, as they are saved. */
export const rowsOf = (page, heading) =>
  page.evaluate((wanted) => {
    const cards = [...document.querySelectorAll('.card')];
    const card = cards.find((candidate) => candidate.querySelector('h2, h3, summary')?.textContent === wanted);
    return [...card.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent.trim()));
  }, heading);
