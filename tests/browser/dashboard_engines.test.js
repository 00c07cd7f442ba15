/** The dashboard in every engine that is here: signing in, and every screen with the API's numbers, in silence. */

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { ENGINES, launch } from './engines.js';
import { startPastCarts } from './past_carts.js';

const SITE = 'hats';
const EMAIL = 'ann@example.org';
const PASSWORD = 'seven hats in a row';
// An engine's own line about an answer that the screen is made for.
const FORESEEN = /status(?: code)? of 401|\/v1\/me/;

let shop;
let styk;

before(async () => {
  shop = await startPastCarts(SITE);
  styk = shop.styk;
  const link = new URL(/http:\S+\/setup#\S+/.exec(styk.said())[0]);
  const body = JSON.stringify({ token: link.hash.slice(1), email: EMAIL, password: PASSWORD });
  const made = await fetch(styk.origin + '/v1/setup', { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: styk.origin }, body });
  assert.ok(made.ok, `${made.status}`);
});

after(async () => {
  assert.deepEqual(await styk?.stop(), { code: 0, signal: null });
});

const count = (number) => new Intl.NumberFormat('en').format(number);
const share = (rate) => new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 }).format(rate);
const money = (sums) => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format((sums?.EUR ?? 0) / 100);
const COMPARED = { compare: 'previous' };

/**
 * Every screen: where it is, what is read off it once `there` is, and what the API says, asked for the days of its address
 * by `ask`, or by the reader's own session with `get`.
 */
const SCREENS = [
  {
    path: 'overview',
    there: '.overview-figures .figure',
    read: () => [...document.querySelectorAll('.overview-figures .figure')].map(({ textContent }) => textContent),
    async said({ ask }) {
      const { total } = await ask('overview', COMPARED);
      return [money(total.net_minor), count(total.orders), share(total.conversion_rate), money(total.average_order_value_minor), money(total.value_left_minor), money(total.value_recovered_minor)];
    },
  },
  {
    path: 'funnel?steps=add_to_cart,begin_checkout,purchase',
    there: '.answer table tbody',
    read: () => [...document.querySelectorAll('.answer table')[0].tBodies[0].rows].map(({ cells }) => cells[1].textContent.trim()),
    said: async ({ ask }) => (await ask('funnel', { steps: [{ event: 'add_to_cart' }, { event: 'begin_checkout' }, { event: 'purchase' }] })).steps.map(({ reached }) => count(reached)),
  },
  {
    path: 'dropoff',
    there: '.figures .figure',
    read: () => [...document.querySelectorAll('.figures .figure')].map(({ textContent }) => textContent).slice(1),
    async said({ ask }) {
      const { total } = await ask('dropoff', COMPARED);
      return [count(total.exits), share(total.drop_off_rate), count(total.converted)];
    },
  },
  {
    path: 'abandonment',
    there: '.cart-list tbody tr',
    read: () => [...document.querySelectorAll('.figures .figure')].map(({ textContent }) => textContent),
    async said({ ask }) {
      const { total } = await ask('abandonment', COMPARED);
      return [money(total.value_lost_minor), money(total.value_recoverable_minor), money(total.value_recovered_minor), share(total.cart_abandonment_rate), share(total.checkout_abandonment_rate)];
    },
  },
  {
    path: 'retention',
    there: '.figures .figure',
    read: () => [...document.querySelectorAll('.figures .figure')].map(({ textContent }) => textContent).filter((_, index) => index !== 3),
    async said({ ask }) {
      const { loyalty } = await ask('retention', { by: 'week' });
      return [share(loyalty.returning.rate), count(loyalty.new), share(loyalty.repeat_buyers.rate), share(loyalty.churned.rate)];
    },
  },
  {
    path: 'visitors',
    there: '.card li a, .card a',
    read: () => [...document.querySelectorAll('.card')[0].querySelectorAll('a')].length,
    said: async ({ get }) => Math.min(10, (await get('POST', 'reports/carts', { last_days: 30, limit: 10, sort: 'last_activity_at' })).carts.length),
  },
  {
    path: 'install',
    there: 'main pre, main code',
    read: () => document.querySelector('main code').textContent,
    said: async ({ get }) => (await get('GET', 'install')).snippet.tags.following.replaceAll('{origin}', styk.origin),
  },
  {
    path: 'settings',
    there: 'main form textarea',
    read: () => [...document.querySelectorAll('main form input, main form textarea')].map(({ value }) => value).slice(0, 4),
    async said({ get }) {
      const { name, domains, time_zone: zone, currency } = await get('GET', 'settings');
      return [name, domains.join('\n'), zone, currency];
    },
  },
  {
    path: 'status',
    there: '.figures .figure',
    read: () => [...document.querySelectorAll('.figures .figure')].map(({ textContent }) => textContent).slice(0, 3),
    async said({ get }) {
      const { since_start, in_all } = await get('GET', 'status');
      return [since_start.received, in_all.loaded, in_all.pending].map(count);
    },
  },
  {
    path: 'privacy',
    there: '.statements dd',
    read: () => document.querySelectorAll('.statements dd').length,
    said: async ({ get }) => (await get('GET', 'privacy')).statements.length,
  },
];

/** What the page's own session is answered. */
function getIn(page) {
  return (method, path, body) =>
    page.evaluate(
      async (how, where, question) => {
        const options = { method: how, headers: { 'Content-Type': 'application/json' }, ...(question && { body: JSON.stringify(question) }) };
        return (await fetch(where, options)).json();
      },
      method,
      `/v1/sites/${SITE}/${path}`,
      body,
    );
}

async function checkScreen(page, { path, there, read, said }) {
  await page.goto(`${styk.origin}/sites/${SITE}/${path}`);
  await page.until((selector) => document.querySelector(selector) !== null && !document.querySelector('.bone, .asking'), there);
  const days = await page.evaluate(() => Object.fromEntries(['from', 'to'].map((name) => [name, new URL(location.href).searchParams.get(name)])));
  const asking = { ask: (report, question) => shop.ask(report, { ...days, ...question }), get: getIn(page) };
  assert.deepEqual(await page.evaluate(read), await said(asking), path);
}

for (const name of ENGINES) {
  test(`in ${name} the reader signs in, and every screen shows the API's numbers`, async () => {
    const engine = await launch(name);
    try {
      const page = await (await engine.newProfile()).newPage();
      await page.goto(`${styk.origin}/sites/${SITE}/abandonment`);
      await page.until(() => document.querySelector('input[type=password]') !== null);
      await page.type('input[type=email]', EMAIL);
      await page.type('input[type=password]', PASSWORD);
      await page.click('form button');
      await page.until(() => document.querySelector('.cart-list tbody tr') !== null);
      assert.match(await page.evaluate(() => document.querySelector('h1').textContent), /€480/);
      for (const screen of SCREENS) await checkScreen(page, screen);
      const loud = page.spoken().filter((line) => !FORESEEN.test(line));
      assert.deepEqual(loud, []);
    } finally {
      await engine.close();
    }
  });
}
