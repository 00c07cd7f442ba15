/** The whole path, from script tag to funnel: what scripted visitors did in a shop is what the funnel says. */

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { launchChromium } from './chromium.js';
import { openLine } from './line.js';
import { startShop } from './server.js';
import { SHOPPERS, actOut } from './shoppers.js';
import { poll, startStyk } from './styk.js';

const SITE = 'hats';
const STEPS = ['view_item', 'add_to_cart', 'begin_checkout', 'add_shipping_info', 'add_payment_info', 'purchase'];
const AT_ONCE = 4;
const DAY_MS = 86_400_000;
const RUN_MS = 5 * 60_000;

let styk;
let shop;
let browser;
let readKey;
let visitors;
const lines = [];

before(async () => {
  await untilTheDayLasts();
  [styk, browser] = await Promise.all([startStyk(addShop), launchChromium()]);
  shop = await startShop(styk.origin, SITE);
  visitors = await letAllShop();
});

after(async () => {
  await browser?.close();
  for (const line of lines) line.close();
  await shop?.close();
  assert.deepEqual(await styk?.stop(), { code: 0, signal: null });
});

async function addShop({ command, addKey }) {
  await command(['site', 'add', SITE, '--domain', '127.0.0.1']);
  readKey = await addKey(SITE, 'read');
}

/** Without consent nobody is known for two days, so a run that would see midnight waits until it is over. */
async function untilTheDayLasts() {
  const left = DAY_MS - (Date.now() % DAY_MS);
  if (left < RUN_MS) await pause(left);
}

/** Some visitors at a time, until all have been there: each with the list of what happened. */
async function letAllShop() {
  const coming = SHOPPERS.entries();
  const been = [];
  async function serveOneByOne() {
    for (const [, shopper] of coming) {
      const line = await openLine(shopper);
      lines.push(line);
      const context = await browser.createBrowserContext(line.context);
      been.push({ ...shopper, happened: await actOut(context, shop.origin, shopper) });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, serveOneByOne));
  return been;
}

const stepsReached = ({ happened }, steps) =>
  happened.reduce((reached, name) => reached + (name === steps[reached] ? 1 : 0), 0);

/** The script's own count: how many of some visitors reached each step. */
const countReached = (some, steps) =>
  steps.map((_, index) => some.filter((visitor) => index < stepsReached(visitor, steps)).length);

/** How often each name stands in a list. */
const tally = (names) => {
  const counts = {};
  for (const name of names.sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

const ask = (steps, others) => {
  const day = (offset) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
  const question = { from: day(-1), to: day(2), steps: steps.map((event) => ({ event })), ...others };
  return styk.ask(SITE, readKey, 'funnel', question);
};
const reachedIn = ({ steps }) => steps.map(({ reached }) => reached);

test('the script has visitors who leave at every step', () => {
  const counts = countReached(visitors, STEPS);
  assert.ok(50 <= visitors.length, `${visitors.length} visitors`);
  assert.ok(counts[0] < visitors.length, 'some never look at a product');
  for (const [index, count] of counts.entries()) assert.ok(!(count <= (counts[index + 1] ?? 0)), `${counts}`);
});

// What pages tell of themselves when they go: how many there are is the visitors' pace.
const LEAVING = ['engagement', 'checkout_leave'];

// A page that is left, or kept for the way back, while an answer is on its way cannot know and sends again; a thank-you
// page tells of its order again. Such a repetition is accepted too, and must come to nothing: what counts is that each
// event is stored once.
test('every event of every visitor was accepted, and soon is in the store, once', async () => {
  const happened = visitors.flatMap((visitor) => visitor.happened);
  const told = async () => {
    const rows = await styk.exported(SITE, readKey);
    return rows.map(({ event }) => event).filter((event) => !LEAVING.includes(event));
  };
  await styk.waitLoaded(happened.length);
  await poll(async () => happened.length <= (await told()).length, () => 'not every event came');
  assert.deepEqual(tally(await told()), tally(happened));
  await styk.waitLoaded(happened.length);
  const metrics = await styk.metrics();
  const trouble = /_(refused|shed|failed|conflict)_total/;
  assert.deepEqual(Object.entries(metrics).filter(([name, count]) => trouble.test(name) && count > 0), []);
  assert.equal(metrics.styk_events_accepted_total, metrics.styk_load_loaded_total + metrics.styk_load_duplicate_total);
});

test('the funnel is the script’s own count', async () => {
  const report = await ask(STEPS);
  const counts = countReached(visitors, STEPS);
  assert.deepEqual(reachedIn(report), counts);
  assert.equal(report.conversion.rate, counts.at(-1) / counts[0]);
  assert.equal(report.method.unit, 'visitor');
});

test('so is each device’s, and each funnel of other steps', async () => {
  const { breakdown } = await ask(STEPS, { breakdown: { field: 'device' } });
  const ofDevice = (device) => countReached(visitors.filter((visitor) => visitor.device === device), STEPS);
  const rows = Object.fromEntries(breakdown.map((row) => [row.value, reachedIn(row)]));
  assert.deepEqual(rows, { desktop: ofDevice('desktop'), mobile: ofDevice('mobile') });

  const others = [
    ['view_item', 'purchase'],
    ['view_item', 'view_item'],
    ['add_to_cart', 'remove_from_cart', 'purchase'],
    ['begin_checkout', 'add_payment_info', 'add_shipping_info'],
    ['view_cart', 'begin_checkout', 'begin_checkout'],
  ];
  for (const steps of others) assert.deepEqual(reachedIn(await ask(steps)), countReached(visitors, steps), `${steps}`);
});

test('all happened within one session each, so sessions come to the same', async () => {
  assert.deepEqual(reachedIn(await ask(STEPS, { unit: 'session' })), countReached(visitors, STEPS));
});
