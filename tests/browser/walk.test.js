/** The walk of README, by clicks, in Chromium and in Firefox: four questions of a marketer who opens the demo for the
 * first time, answered from the screens alone; and each answer is the API's. */

import { after, before, suite, test } from 'node:test';
import assert from 'node:assert/strict';
import { startDemo } from './demo.js';
import { ENGINES, launchBrowser } from './engines.js';
import { WIDE, listenForTrouble } from './sound.js';

let demo;
let browser;
let page;
let trouble;

before(async () => {
  demo = await startDemo();
});

after(async () => {
  await demo?.stop();
});

/** Opens the demo as somebody does who has never been there, and signs in. */
async function arrive(engine) {
  browser = await launchBrowser(engine);
  page = await browser.newPage();
  await page.setViewport(WIDE);
  // Nobody is signed in yet.
  trouble = await listenForTrouble(page, (message) => message.text().includes('status of 401') && message.location().url?.endsWith('/v1/me'));
  await page.evaluateOnNewDocument(keepAnswers);
  await page.goto(demo.origin);
  await (await page.waitForSelector('::-p-aria([name="E-mail"])')).type(demo.email);
  await (await page.waitForSelector('::-p-aria([name="Password"])')).type(demo.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.worst-leak a', { timeout: 120_000 });
}

/** In the page: keeps the newest answer of each report that it asked for. Firefox's driver has no bodies. */
function keepAnswers() {
  const ask = window.fetch;
  window.answers = {};
  window.fetch = async (path, options) => {
    const response = await ask(path, options);
    const [, report] = /reports\/(\w+)$/.exec(path) ?? [];
    if (report && response.ok) response.clone().json().then((answer) => (window.answers[report] = answer), () => {});
    return response;
  };
}

const TAGS = { link: 'a', button: 'button' };
const click = async (role, name) => (await page.waitForSelector(`::-p-xpath(//${TAGS[role]}[normalize-space()="${name}"])`)).click();
const said = (selector) => page.$eval(selector, ({ textContent }) => textContent.trim());
const waitForTitle = (part) =>
  page.waitForFunction((wanted) => document.querySelector('h1')?.textContent.includes(wanted) && !document.querySelector('.asking, .bone'), { timeout: 120_000 }, part);
const euros = (minor) => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(minor / 100);
const share = (rate) => new Intl.NumberFormat('en', { style: 'percent', ...(0 < rate && rate < 0.01 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 1 }) }).format(rate);
const weekday = ({ from }) => new Date(`${from.slice(0, 10)}T00:00:00Z`).getUTCDay();
const answered = (report) => page.evaluate((name) => window.answers[name], report);
const rowOf = ({ breakdown }, value) => breakdown.find((row) => row.value === value);
/** The days of a row that are sure to be below its usual, by the intervals of the API. */
const lowDays = ({ trend, conversion }) => trend.filter(({ complete, rate, high }) => complete && rate !== null && high < conversion.low);
/** "Nov 13 (0%), Nov 14 (1.2%)" */
const named = (days) =>
  days.map(({ from, rate }) => `${new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(`${from.slice(0, 10)}T00:00Z`))} (${share(rate)})`).join(', ');

for (const engine of ENGINES.filter((name) => name !== 'webkit')) {
  suite(`in ${engine}`, () => walk(engine));
}

function walk(engine) {
  before(() => arrive(engine));

  after(async () => {
    await browser?.close();
    assert.deepEqual(trouble, []);
  });

  test('which step leaks most money: the front page says it, one click tells more', async () => {
    const sentence = await said('.worst-leak');
    const { touchpoints: [worst], touchpoint_names: names } = await answered('dropoff');
    const name = names[worst.touchpoint];
    assert.ok(sentence.startsWith(`The biggest leak: ${name}.`), sentence);
    assert.ok(sentence.includes(euros(worst.value_at_exit_minor.EUR)), sentence);
    await page.click('.worst-leak a');
    await waitForTitle(`${name}: `);
    const { touchpoints: [first] } = await answered('dropoff');
    const cells = await page.$$eval('main table', (tables) => [...tables.at(-1).tBodies[0].rows[0].cells].map(({ textContent }) => textContent.trim()));
    assert.deepEqual(cells.slice(0, 2), [name, euros(first.value_at_exit_minor.EUR)]);
  });

  test('on which device payment broke, and on which days: two clicks', async () => {
    await click('link', 'Funnel');
    const alone = await page.waitForSelector('a[aria-label$="From Payment entered to Purchase alone, by device and day"]', { timeout: 120_000 });
    const { steps } = await answered('funnel');
    assert.equal(await alone.evaluate(({ textContent }) => textContent), share(steps.at(-1).step_rate));
    await alone.click();
    await page.waitForSelector('.multiples', { timeout: 120_000 });
    const funnel = await answered('funnel');
    const phone = lowDays(rowOf(funnel, 'mobile'));
    assert.equal(await said('.title .fell'), `Phone fell clearly below its usual: ${named(phone)}.`);
    assert.deepEqual([5, 6, 0].filter((day) => !phone.some((bucket) => weekday(bucket) === day)), [], 'Friday, Saturday and Sunday');
    assert.ok(phone.every(({ rate }) => rate < rowOf(funnel, 'mobile').conversion.rate / 2));
    const shown = await page.$$eval('.multiples li', (all) => all.map((one) => [one.querySelector('.row-name').textContent, one.querySelector('strong').textContent]));
    const words = { mobile: 'Phone', desktop: 'Desktop', tablet: 'Tablet' };
    assert.deepEqual(shown, funnel.breakdown.map(({ value, conversion }) => [words[value], share(conversion.rate)]));
  });

  test('which channel brings visitors who do not buy: the front page says it, and one click on which day', async () => {
    await click('link', 'Overview');
    await page.waitForSelector('.fewest', { timeout: 120_000 });
    const { top } = await answered('overview');
    const told = top.channel.filter(({ value, visitors }) => !value.startsWith('(') && 30 <= visitors);
    const least = told.reduce((one, other) => (other.order_rate < one.order_rate ? other : one));
    const visitors = new Intl.NumberFormat('en').format(least.visitors);
    assert.equal(await said('.fewest'), `Fewest orders for its visitors: ${least.value}, ${share(least.order_rate)} of ${visitors} visitors.`);
    await click('link', 'Each channel day by day');
    await page.waitForSelector('.multiples', { timeout: 120_000 });
    const email = lowDays(rowOf(await answered('funnel'), 'Email'));
    assert.equal(await said('.title .fell'), `Email fell clearly below its usual: ${named(email)}.`);
    const newsletter = email.reduce((most, day) => (most.entered < day.entered ? day : most));
    assert.equal(weekday(newsletter), 3, 'the newsletter went out on a Wednesday');
    assert.ok(newsletter.rate < 0.01 && 300 < newsletter.entered, JSON.stringify(newsletter));
  });

  test('which carts could still be won back: two clicks, the dearest first, and whose they are', async () => {
    await click('link', 'Overview');
    await click('link', 'Left in carts');
    await waitForTitle('can still be won back');
    await click('button', 'Show these carts');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Carts');
    await page.waitForSelector('.cart-list tbody tr');
    const { carts, carts_total: all } = await answered('carts');
    const rows = await page.$$eval('.cart-list tbody tr', (lines) => lines.map((line) => [...line.cells].slice(0, 4).map((cell) => cell.dataset.value ?? cell.textContent.trim())));
    assert.deepEqual(
      rows.map(([cart, value, , whose]) => [cart, value, whose]),
      carts.map((cart) => [cart.cart_id ?? cart.cart, euros(cart.value_minor.EUR), cart.customer ?? cart.visitor]),
    );
    const values = carts.map(({ value_minor }) => value_minor.EUR);
    assert.deepEqual(values, values.toSorted((one, other) => other - one));
    assert.ok(carts.every(({ state }) => state === 'abandoned'));
    assert.ok((await said('.cart-list .pages')).includes(`of ${new Intl.NumberFormat('en').format(all)}`));
  });
}
