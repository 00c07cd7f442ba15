/** The funnel's builder in Chromium, on the real server: steps, rules, saved funnels, people, and charts with their twins. */

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchChromium } from './chromium.js';
import { setUpOwner } from './owner.js';
import { STEPS, pastBatch, reachedBy } from './past_shop.js';
import { NARROW, WIDE, assertSound, assertSoundEverywhere, listenForTrouble } from './sound.js';
import { startStyk } from './styk.js';

const SITE = 'hats';
const FUNNEL = `/sites/${SITE}/funnel`;
const EMAIL = 'ann@example.org';
const DAY_MS = 86_400_000;

let styk;
let collectKey;
let readKey;
let browser;
let context;
let page;
let trouble;
let cookies;

before(async () => {
  const prepare = async ({ command, addKey }) => {
    await command(['site', 'add', SITE, '--domain', 'hats.example']);
    [collectKey, readKey] = [await addKey(SITE, 'collect'), await addKey(SITE, 'read')];
  };
  [styk, browser] = await Promise.all([startStyk(prepare), launchChromium()]);
  const { events } = pastBatch(SITE, Date.now());
  const more = strayedEvents(Date.now());
  await styk.accept(SITE, collectKey, [...events, ...more]);
  await styk.waitLoaded(events.length + more.length);
  cookies = await setUpOwner(browser, styk);
});

/** One who went to the checkout, stumbled over a field there, and looked for something else. */
function strayedEvents(now) {
  const at = (minute) => new Date(now - 10 * DAY_MS + minute * 60_000).toISOString();
  const names = [['view_item', 0], ['add_to_cart', 1], ['begin_checkout', 2], ['form_error', 3], ['search', 4]];
  return names.map(([name, minute]) => ({
    name,
    visitor: 'strayed',
    customer: 'C-7',
    occurred_at: at(minute),
    url: `https://hats.example/${name}`,
    ...(name === 'form_error' && { properties: { field: 'postcode' } }),
  }));
}

after(async () => {
  await browser?.close();
  assert.deepEqual(await styk?.stop(), { code: 0, signal: null });
});

beforeEach(async () => {
  context = await browser.createBrowserContext();
  await context.setCookie(...cookies);
  page = await context.newPage();
  await page.setViewport(WIDE);
  trouble = await listenForTrouble(page, (message) => message.text().includes('status of 400'));
});

afterEach(async () => {
  assert.deepEqual(trouble, []);
  await context.close();
});

const parameter = (name) => new URL(page.url()).searchParams.get(name);
const labelled = (label) => `::-p-aria([name="${label}"])`;
/** The input with this label: an option of a select may be called the same. */
const input = (label) => `::-p-xpath(//input[@id=//label[normalize-space()="${label}"]/@for])`;
const button = (name) => `::-p-aria([name="${name}"][role="button"])`;
const click = async (selector) => (await page.waitForSelector(selector)).click();

/** Where pictures of the screens go, for the eye. */
async function shoot(name) {
  if (process.env.STYK_SHOTS) await page.screenshot({ path: `${process.env.STYK_SHOTS}/${name}.png`, fullPage: true });
}

const settled = () =>
  page.waitForFunction(() => {
    const answer = document.querySelector('.answer[aria-busy="false"]');
    return answer?.querySelector('table') && !document.querySelector('main [role="status"]:not(.unseen)')?.textContent.includes('Loading');
  });

async function openFunnel(search = '') {
  await page.goto(styk.origin + FUNNEL + search);
  await settled();
}

async function enter(label, words) {
  const field = await page.waitForSelector(input(label));
  await field.click({ count: 3 });
  await field.type(words);
  await page.keyboard.press('Enter');
}

async function choose(label, option) {
  const field = await page.waitForSelector(labelled(label));
  const find = (select, wanted) => [...select.options].find(({ text }) => text === wanted)?.value;
  const value = await field.evaluate(find, option);
  assert.notEqual(value, undefined, `${option} among ${label}`);
  await field.select(value);
}

/** The rows of the table under this heading, as texts. */
const tableUnder = (heading) =>
  page.evaluate((wanted) => {
    const cards = [...document.querySelectorAll('section.card')];
    const card = cards.find((section) => section.querySelector('h2')?.textContent.startsWith(wanted));
    const rows = [...(card?.querySelectorAll('tbody tr') ?? [])];
    return rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  }, heading);

const waitForReached = (expected) =>
  page.waitForFunction(
    (wanted) => {
      const cards = [...document.querySelectorAll('.answer[aria-busy="false"] section.card')];
      const rows = cards.find((card) => card.querySelector('h2')?.textContent === 'Step by step')?.querySelectorAll('tbody tr') ?? [];
      return [...rows].map((row) => row.cells[1].textContent.trim()).join() === wanted;
    },
    {},
    expected.map(String).join(),
  );

/** What the API says to the same days and steps. */
const ask = (more) => styk.ask(SITE, readKey, 'funnel', { from: parameter('from'), to: parameter('to'), ...more });
const reachedOf = ({ steps }) => steps.map(({ reached }) => reached);
const events = (names) => names.map((event) => ({ event }));

test('steps are found among what occurs, of every kind, narrowed, skipped, moved and removed', async () => {
  await openFunnel();
  await click('.steps summary');
  await choose('Start from', 'Quick');
  await waitForReached(reachedOf(await ask({ steps: events(['view_item', 'add_to_cart', 'purchase']) })));
  await enter('Step 2', 'begin_checkout');
  await waitForReached(reachedOf(await ask({ steps: events(['view_item', 'begin_checkout', 'purchase']) })));
  assert.equal(parameter('steps'), 'view_item,begin_checkout,purchase');

  const options = await (await page.waitForSelector(labelled('Step 2'))).evaluate(({ list }) => [...list.options].map(({ value }) => value));
  assert.ok(STEPS.every((name) => options.includes(name)), `${options}`);
  await choose('Step 2: what', 'Page');
  await enter('Step 2', '/begin*');
  const byPage = [{ event: 'view_item' }, { page: '/begin*' }, { event: 'purchase' }];
  await waitForReached(reachedOf(await ask({ steps: byPage })));

  await click(button('More about step 2'));
  await click(labelled('May be skipped'));
  const skipping = [{ event: 'view_item' }, { page: '/begin*', optional: true }, { event: 'purchase' }];
  await waitForReached(reachedOf(await ask({ steps: skipping })));
  await click(button('Only with…'));
  await choose('Field', 'Device');
  await enter('Value', 'Desktop');
  await page.waitForFunction(() => document.querySelector('.step-details .chips'));
  assert.equal(new URL(page.url()).searchParams.get('where2'), 'device:eq:desktop');
  await settled();
  await assertSound(page, 'the builder');
  await shoot('builder');
  await page.setViewport(NARROW);
  await assertSound(page, 'the builder on a phone');
  await shoot('builder-narrow');
  await page.setViewport(WIDE);

  await click(button('Remove step 2'));
  await waitForReached(reachedOf(await ask({ steps: events(['view_item', 'purchase']) })));
  await click(button('Move step 2 up'));
  await page.waitForFunction(() => new URL(location).searchParams.get('steps') === 'purchase,view_item');
});

test('order, what is held and what ends an attempt count as the API counts them', async () => {
  await openFunnel('?steps=view_item,begin_checkout,purchase');
  await choose('Order of the steps', 'This order, nothing between');
  const steps = events(['view_item', 'begin_checkout', 'purchase']);
  await waitForReached(reachedOf(await ask({ steps, order: 'strict' })));
  await choose('Order of the steps', 'This order');
  await click('.steps summary');
  await click(button('Add an exclusion'));
  await enter('Excluded', 'add_to_cart');
  const excluded = await ask({ steps, exclude: [{ event: 'add_to_cart' }] });
  await waitForReached(reachedOf(excluded));
  const table = await tableUnder('Step by step');
  assert.deepEqual(table.map((row) => row[6]), [...excluded.steps.slice(0, -1).map((step) => String(step.excluded)), '–']);
  assert.match(await page.$eval('.method', ({ textContent }) => textContent), /exclusion took out/);
  await click(labelled('Cart'));
  // No event of this shop names a cart.
  assert.deepEqual(reachedOf(await ask({ steps, exclude: [{ event: 'add_to_cart' }], hold: ['cart_id'] })), [0, 0, 0]);
  await page.waitForFunction(() => document.body.innerText.includes('No Product view in the period'));
  assert.equal(parameter('hold'), 'cart_id');
});

test('who stands behind a bar or its gap is listed, with what they did next', async () => {
  await openFunnel('?steps=view_item,add_to_cart,begin_checkout,purchase');
  const asked = { from: parameter('from'), to: parameter('to'), steps: events(['view_item', 'add_to_cart', 'begin_checkout', 'purchase']) };
  const people = await styk.ask(SITE, readKey, 'funnel/visitors', { ...asked, step: 3, outcome: 'dropped', limit: 20 });
  const [step] = (await tableUnder('Step by step')).slice(2, 3);
  assert.equal(step[4], String(people.total));
  await click(button('Visitors who left after Checkout started'.replace('Visitors', step[4])));
  await page.waitForSelector('.people table');
  const rows = await tableUnder('Visitors who left after');
  assert.equal(rows.length, people.visitors.length);
  const strayed = rows.find(([who]) => who === 'C-7');
  assert.deepEqual([strayed[2], strayed[5]], ['Error in a form', 'postcode']);
  await assertSound(page, 'people');
  await shoot('people');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('.people'));
  // The gap over the second bar: those who left after the first step.
  const [, gap] = await page.$$('.columns g');
  await (await gap.$('.mark-edge')).click();
  await page.waitForFunction(() => document.querySelector('.people h2')?.textContent === 'Visitors who left after Product view');
  await settled();
});

test('a funnel is saved, opened, renamed, duplicated, changed and deleted', async () => {
  await openFunnel('?steps=view_item,purchase&order=any');
  const kept = async () => (await (await fetch(`${styk.origin}/v1/sites/${SITE}/funnels`, { headers: { Authorization: `Bearer ${readKey}` } })).json()).funnels;
  await click(button('Save as…'));
  await enter('Name', 'Two steps');
  await page.waitForSelector(labelled('Saved funnel'));
  const [saved] = await kept();
  assert.deepEqual([saved.name, saved.question.order, saved.question.last_days, saved.created_by], ['Two steps', 'any', 30, EMAIL]);

  await openFunnel();
  await choose('Saved funnel', 'Two steps');
  await page.waitForFunction(() => new URL(location).searchParams.get('order') === 'any');
  await settled();
  await click(button('Duplicate'));
  await click('.name-form .primary');
  await page.waitForFunction(() => [...document.querySelectorAll('.saved option')].some(({ text }) => text === 'Two steps, copy'));
  await choose('Conversion window', '1 day');
  await click(button('Save the changes'));
  await page.waitForFunction(() => ![...document.querySelectorAll('.saved button')].some(({ textContent }) => textContent === 'Save the changes'));
  assert.deepEqual((await kept()).map(({ name, question }) => [name, question.window_seconds]), [['Two steps', 604_800], ['Two steps, copy', 86_400]]);
  await assertSound(page, 'saved');

  await click(button('Rename'));
  await enter('Name', 'Two steps');
  await page.waitForFunction(() => document.querySelector('.saved [role=alert]')?.textContent.includes('Another funnel has this name'));
  await enter('Name', 'Quick one');
  await page.waitForFunction(() => [...document.querySelectorAll('.saved option')].some(({ text }) => text === 'Quick one'));
  await click(button('Delete'));
  await click(button('Delete “Quick one” for everybody'));
  await page.waitForFunction(() => ![...document.querySelectorAll('.saved option')].some(({ text }) => text === 'Quick one'));
  assert.deepEqual((await kept()).map(({ name }) => name), ['Two steps']);
});

test('the trend and the times to convert have twins that say what the API says', async () => {
  const search = '?steps=view_item,add_to_cart,purchase&trend=day&breakdown=device';
  const open = async () => {
    await openFunnel(search);
    await page.waitForFunction(() => document.querySelector('.trend') && document.querySelector('.bins'));
  };
  await open();
  const answer = await ask({ steps: events(['view_item', 'add_to_cart', 'purchase']), trend: 'day' });
  const numbers = ({ entered, converted }) => [String(entered), String(converted)];
  assert.deepEqual((await tableUnder('Conversion over time')).map((row) => row.slice(1, 3)), answer.trend.map(numbers));
  const bins = (await tableUnder('Time to convert')).map(([, count]) => Number(count));
  assert.deepEqual(bins, answer.conversion.histogram.map(({ count }) => count));
  assert.equal(bins.reduce((sum, count) => sum + count, 0), reachedBy(() => true).at(-1));
  await assertSoundEverywhere(page, 'the whole funnel', open);
  for (const [name, viewport, scheme] of [['wide-light', WIDE, 'light'], ['narrow-dark', NARROW, 'dark'], ['very-wide', { width: 1920, height: 1080 }, 'light'], ['narrowest', { width: 360, height: 780 }, 'light']]) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.setViewport(viewport);
    await open();
    await shoot(name);
  }
  await assertSound(page, '360 px');
});

test('a step’s share leads to that step alone, each device day by day, as the API says', async () => {
  await openFunnel();
  await click('[aria-label$="alone, by device and day"]');
  await page.waitForSelector('.multiples');
  await settled();
  const steps = parameter('steps').split(',').map((event) => ({ event }));
  assert.equal(steps.length, 2);
  const { breakdown } = await ask({ steps, breakdown: { field: 'device', limit: 10 }, trend: 'day' });
  // Those without a device stand last.
  const devices = breakdown.toSorted((one, other) => one.value.startsWith('(') - other.value.startsWith('('));
  assert.ok(devices.length > 1);
  const percent = (rate) => (rate === null ? '–' : new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 }).format(rate));
  const cell = ({ rate, converted, entered }) => `${percent(rate)} ${converted} of ${entered}`;
  const rows = await tableUnder('Over time, by device');
  assert.deepEqual(rows.map(([, ...cells]) => cells), devices[0].trend.map((_, day) => devices.map(({ trend }) => cell(trend[day]))));
  assert.ok(devices.some(({ trend }) => trend.some(({ converted }) => converted > 0)));
  const { pathname, search } = new URL(page.url());
  assert.equal(pathname, FUNNEL);
  await assertSoundEverywhere(page, 'a step alone', () => openFunnel(search));
});

test('a question that cannot be asked is told in the reader’s language, the server’s words behind a click', async () => {
  await page.evaluateOnNewDocument(() => localStorage.setItem('styk-language', 'de'));
  await page.goto(`${styk.origin}${FUNNEL}?from=2001-01-01&to=2026-01-01&trend=day`);
  const notice = await page.waitForSelector('[role="alert"]');
  const said = await notice.evaluate((alert) => alert.innerText);
  assert.ok(said.includes('Für diese Ansicht im Zeitverlauf sind es zu viele Tage.'), said);
  assert.ok(!said.includes('at most'), said);
  await (await notice.$('details summary')).click();
  assert.match(await notice.$eval('[lang="en"]', ({ innerText }) => innerText), /a trend has at most 1000 buckets/);
});
