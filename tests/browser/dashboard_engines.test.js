/** The dashboard in every engine that is here: signing in, the funnel, the carts, each with the API's numbers and in silence. */

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

for (const name of ENGINES) {
  test(`in ${name} the reader signs in and sees the API's numbers`, async () => {
    const engine = await launch(name);
    try {
      const page = await (await engine.newProfile()).newPage();
      await page.goto(`${styk.origin}/sites/${SITE}/abandonment`);
      await page.until(() => document.querySelector('input[type=password]') !== null);
      await page.type('input[type=email]', EMAIL);
      await page.type('input[type=password]', PASSWORD);
      await page.click('form button');
      await page.until(() => document.querySelector('.cart-list tbody tr') !== null && document.querySelector('.figure') !== null);
      const asked = await page.evaluate(() => Object.fromEntries(new URL(location.href).searchParams));
      const { total } = await shop.ask('abandonment', { from: asked.from, to: asked.to });
      const rates = await page.evaluate(() => [...document.querySelectorAll('.figure')].slice(3).map(({ textContent }) => textContent));
      const percent = (rate) => new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 }).format(rate);
      assert.deepEqual(rates, [percent(total.cart_abandonment_rate), percent(total.checkout_abandonment_rate)]);
      assert.match(await page.evaluate(() => document.querySelector('h1').textContent), /€480/);
      await page.click('nav.screens a[href*="/funnel"]');
      await page.until(() => document.querySelector('.answer') !== null);
      const loud = page.spoken().filter((line) => !FORESEEN.test(line));
      assert.deepEqual(loud, []);
    } finally {
      await engine.close();
    }
  });
}
