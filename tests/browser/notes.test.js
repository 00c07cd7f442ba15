/** Notes on days in Chromium, on the real server: written on the overview, marked on every time axis, in its table too. */

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchChromium } from './chromium.js';
import { setUpOwner } from './owner.js';
import { pastBatch } from './past_shop.js';
import { NARROW, WIDE, assertSoundEverywhere, listenForTrouble } from './sound.js';
import { startStyk } from './styk.js';

const SITE = 'hats';
const DAY_MS = 86_400_000;
const HOSTILE = '<img src=x onerror="document.title=\'owned\'">';

let styk;
let browser;
let cookies;
let page;
let trouble;

before(async () => {
  let collectKey;
  const prepare = async ({ command, addKey }) => {
    await command(['site', 'add', SITE, '--domain', 'hats.example']);
    collectKey = await addKey(SITE, 'collect');
    await command(['note', 'add', HOSTILE, '--site', SITE, '--date', dayAgo(10)]);
  };
  [styk, browser] = await Promise.all([startStyk(prepare), launchChromium()]);
  const { events } = pastBatch(SITE, Date.now());
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

const dayAgo = (days) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
const button = (name) => `::-p-aria([name="${name}"][role="button"])`;
const press = async (name) => (await page.waitForSelector(button(name))).click();
const marks = () => page.$$eval('.note-mark', (all) => all.map((mark) => mark.getAttribute('aria-label')));
const words = () => page.$eval('.note-words', ({ innerText }) => innerText);
const shownDay = (day) => new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(day));

/** The texts in the notes' column of a chart's table. */
async function column() {
  const tables = await page.$$eval('details table', (all) => all.map(({ rows }) => [...rows].map(({ cells }) => [...cells].at(-1).textContent)));
  const [, ...notes] = tables.find(([heading]) => heading === 'Notes');
  return notes.filter(Boolean);
}

async function openOverview() {
  await page.goto(`${styk.origin}/sites/${SITE}/overview`);
  await page.waitForSelector('.notes');
}

test('a note is written on the overview, and stands on its day, in the words below and in the table', async () => {
  await openOverview();
  await press('Add a note');
  const day = await page.waitForSelector('input[type=date]');
  await day.evaluate((input, value) => {
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, dayAgo(2));
  await (await page.waitForSelector('::-p-aria([name="What happened"])')).type('New checkout went live');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('.note-mark').length === 2);
  assert.deepEqual(await marks(), [`${shownDay(dayAgo(10))}: ${HOSTILE}`, `${shownDay(dayAgo(2))}: New checkout went live`]);
  assert.match(await words(), /New checkout went live/);
  assert.deepEqual(await column(), [HOSTILE, 'New checkout went live']);
  const [first] = await page.$$('.note-mark');
  await first.focus();
  await page.waitForFunction((said) => document.querySelector('.note-words').innerText.includes(said), {}, HOSTILE);
  // Each mark stands over its day: of 30 days, with 29 steps from the first to the last.
  const places = await page.$$eval('.note-mark', (all) => all.map(({ style }) => style.insetInlineStart || style.left));
  assert.deepEqual(places.map((place) => Math.round((Number.parseFloat(place) * 29) / 100)), [19, 27]);
  const lines = await page.$$eval('.spark:has(.spark-line)', (all) => all.map((spark) => spark.querySelectorAll('.spark-note').length));
  assert.ok(lines.length > 3 && lines.every((count) => count === 2), `${lines}`);
  await assertSoundEverywhere(page, 'notes', openOverview);
});

test('the funnel’s trend and the carts bear the same marks', async () => {
  for (const viewport of [WIDE, NARROW]) {
    await page.setViewport(viewport);
    await page.goto(`${styk.origin}/sites/${SITE}/funnel?trend=day`);
    await page.waitForSelector('.trend ~ .note-axis');
    assert.equal((await marks()).length, 2);
    assert.deepEqual(await column(), [HOSTILE, 'New checkout went live']);
  }
  await page.goto(`${styk.origin}/sites/${SITE}/abandonment`);
  await page.waitForSelector('.note-marks.bars');
  assert.equal((await marks()).length, 2);
  assert.deepEqual(await column(), [HOSTILE, 'New checkout went live']);
});

test('in the settings notes are changed and removed, the newest day first', async () => {
  const open = async () => {
    await page.goto(`${styk.origin}/sites/${SITE}/settings?part=notes`);
    await page.waitForSelector('.listed');
  };
  await assertSoundEverywhere(page, 'the notes', open);
  await page.setViewport(WIDE);
  await open();
  const texts = () => page.$$eval('.listed .note-text', (all) => all.map(({ textContent }) => textContent));
  assert.deepEqual(await texts(), ['New checkout went live', HOSTILE]);
  await press('Change the note “New checkout went live”');
  const field = await page.waitForSelector('.listed input:not([type=date])');
  await field.evaluate((input) => input.select());
  await field.type('New till');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.listed .note-text')?.textContent === 'New till');
  await press(`Remove the note “${HOSTILE}”`);
  await press('Remove the note');
  await page.waitForFunction(() => document.querySelectorAll('.listed .note-text').length === 1);
  assert.deepEqual(await texts(), ['New till']);
  assert.doesNotMatch(await page.title(), /^owned/);
});
