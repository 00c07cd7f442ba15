/** The drop-off screen in Chromium, on the real server: the numbers are the API's, and what was sent. */

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchChromium } from './chromium.js';
import { setUpOwner } from './owner.js';
import { WIDE, NARROW, assertSound, assertSoundEverywhere, listenForTrouble } from './sound.js';
import { startStyk } from './styk.js';

const SITE = 'hats';
const SCREEN = `/sites/${SITE}/dropoff`;
const LONG = 'a_landing_page_with_a_name_of_sixty_characters_and_no_end_yet';
const PHONE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36';
const DESK = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36';
/** How many get as far as each touchpoint; of those at the shelf, every second one has a cap in the cart. */
const WALK = [['home', 60], [LONG, 48], ['shelf', 40], ['till', 18], ['thanks', 6]];

let styk;
let browser;
let context;
let page;
let trouble;
let readKey;
let cookies;

/** Two days ago, visitor by visitor, a minute from touchpoint to touchpoint. */
function events() {
  const noon = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 2 * 86_400_000 + 12 * 3_600_000;
  const names = { shelf: 'add_to_cart', till: 'begin_checkout', thanks: 'purchase' };
  return WALK.flatMap(([touchpoint, reached], place) =>
    Array.from({ length: reached }, (_, visitor) => ({
      id: `${touchpoint}-${visitor}`,
      visitor: `v${visitor}`,
      name: visitor % 2 === 1 && touchpoint === 'shelf' ? 'view_item' : (names[touchpoint] ?? 'page_view'),
      occurred_at: new Date(noon + visitor * 1000 + place * 60_000).toISOString(),
      touchpoint,
      user_agent: visitor % 3 === 0 ? PHONE : DESK,
      url: `https://hats.example/${visitor % 4 === 0 && place === 0 ? '?utm_source=news&utm_medium=email' : ''}`,
      items: [{ item_id: 'CAP', price: '19.90', quantity: 1 }],
    })),
  );
}

before(async () => {
  let collectKey;
  const prepare = async ({ command, addKey }) => {
    await command(['site', 'add', SITE, '--domain', 'hats.example']);
    await command(['site', 'add', 'empty', '--domain', 'empty.example']);
    [collectKey, readKey] = [await addKey(SITE, 'collect'), await addKey(SITE, 'read')];
  };
  [styk, browser] = await Promise.all([startStyk(prepare), launchChromium()]);
  const sent = events();
  await styk.accept(SITE, collectKey, sent);
  await styk.waitLoaded(sent.length);
  cookies = await setUpOwner(browser, styk);
});

after(async () => {
  await browser?.close();
  assert.deepEqual(await styk?.stop(), { code: 0, signal: null });
});

beforeEach(async () => {
  context = await browser.createBrowserContext();
  await context.setCookie(...cookies);
  page = await context.newPage();
  await page.setViewport(WIDE);
  trouble = await listenForTrouble(page);
});

afterEach(async () => {
  assert.deepEqual(trouble, []);
  await context.close();
});

/** Opens the screen and waits until both of its questions are answered. */
async function open(search = '', site = SITE) {
  await page.goto(`${styk.origin}/sites/${site}/dropoff${search}`);
  await settled();
}

const settled = () =>
  page.waitForFunction(() => {
    const answers = [...document.querySelectorAll('.answer')];
    const done = answers.every((answer) => answer.getAttribute('aria-busy') === 'false');
    return done && (answers.length === 2 || document.querySelector('.notice')) && !document.querySelector('.answer [role="status"]');
  });

const parameter = (name) => new URL(page.url()).searchParams.get(name);

const ask = (more) => styk.ask(SITE, readKey, 'dropoff', { from: parameter('from'), to: parameter('to'), ...more });

const rowsOf = (selector) =>
  page.$$eval(selector, (tables) => tables.map((table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()))));

const euros = (minor) => (minor === undefined ? '–' : new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(minor / 100));

test('every number is what the API says, and that is what was sent', async () => {
  await assertSoundEverywhere(page, 'drop-off', () => open());
  const { touchpoints, total } = await ask({});
  assert.deepEqual(
    touchpoints.map(({ touchpoint, sessions, exits }) => [touchpoint, sessions, exits]),
    // 22 left at the shelf, 11 of them with a cap; 12 at the till, all with one.
    [['till', 18, 12], ['shelf', 40, 22], ['home', 60, 12], [LONG, 48, 8], ['thanks', 6, 0]],
  );
  const [table] = (await rowsOf('section.card > .scroll > table')).slice(-1);
  assert.deepEqual(
    table.map((row) => row.slice(0, 4)),
    touchpoints.map((row) => [row.touchpoint, euros(row.value_at_exit_minor.EUR), String(row.sessions), String(row.exits)]),
  );
  const figures = await page.$$eval('.figure', (all) => all.map(({ textContent }) => textContent));
  assert.deepEqual(figures.slice(0, 2), [euros(total.value_at_exit_minor.EUR), String(total.exits)]);
  const title = await page.$eval('h1', ({ textContent }) => textContent);
  assert.match(title, /^till: €239 left behind$/);
});

test('a click on a touchpoint shows where they went, by device and channel, and the address keeps it', async () => {
  await open();
  await page.$$eval('.leak', (all) => all.find(({ textContent }) => textContent.startsWith('home')).click());
  await page.waitForFunction(() => document.querySelector('.onward h2').textContent === 'After home');
  await settled();
  assert.equal(parameter('touchpoint'), 'home');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'After home', 'the focus follows');
  const { touchpoints } = await ask({ touchpoint: 'home', by: ['device', 'channel'] });
  const ways = await page.$$eval('.onward .row-line', (lines) => lines.map((line) => [line.firstElementChild.textContent, line.querySelector('strong').textContent]));
  assert.deepEqual(ways, [[LONG, '48'], ['Left', '12']]);
  const labels = { mobile: 'Phone', desktop: 'Desktop' };
  const shown = (part) => [labels[part.value] ?? part.value, String(part.sessions)];
  const tables = await rowsOf('.onward table');
  for (const [index, by] of ['device', 'channel'].entries()) {
    assert.deepEqual(tables[index].map((row) => row.slice(0, 2)), touchpoints[0].by[by].map(shown), by);
  }
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('.onward h2').textContent === 'After till');
});

test('the keyboard alone leads to a touchpoint', async () => {
  await open();
  await page.focus('.leak');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.onward h2').textContent === 'After shelf');
  await settled();
});

test('visitors are counted when they are asked for, and compared when that is', async () => {
  await open('?unit=visitor');
  assert.equal(parameter('compare'), 'previous');
  const { total, method } = await ask({ unit: 'visitor' });
  assert.equal(method.lookback_days, 30);
  const notes = await page.$$eval('.figures .note', (all) => all.map(({ textContent }) => textContent));
  assert.equal(notes[1], `of ${total.visitors} visitors`);
  assert.match(await page.evaluate(() => document.body.innerText), /Change of the rate/);
});

test('an empty site, and the narrowest phone', async () => {
  await open('', 'empty');
  assert.match(await page.evaluate(() => document.body.innerText), /Nobody was here in these days/);
  await assertSound(page, 'empty');
  await page.setViewport({ ...NARROW, width: 360 });
  await open();
  await assertSound(page, '360 px');
});
