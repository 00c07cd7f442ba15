/** The privacy screen in Chromium, on the real server: what holds, and who was erased. */

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchChromium } from './chromium.js';
import { startStyk } from './styk.js';

const SITE = 'hats';
const WIDTHS = [390, 1280];

let styk;
let browser;
let headers;

before(async () => {
  let keys;
  const prepare = async ({ command, addKey }) => {
    await command(['site', 'add', SITE, '--domain', 'hats.example']);
    keys = [await addKey(SITE, 'collect'), await addKey(SITE, 'admin')];
  };
  [styk, browser] = await Promise.all([startStyk(prepare), launchChromium()]);
  const [collect, admin] = keys.map((key) => ({ Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }));
  headers = admin;
  const events = [1, 2, 3].map(() => ({ name: 'page_view', visitor: 'ann' }));
  const sent = await fetch(`${styk.origin}/v1/events`, { method: 'POST', headers: collect, body: JSON.stringify({ events }) });
  assert.equal(sent.status, 202);
  await styk.waitLoaded(events.length);
});

after(async () => {
  await browser?.close();
  assert.deepEqual(await styk?.stop(), { code: 0, signal: null });
});

async function eraseAnn() {
  const erasures = `${styk.origin}/v1/sites/${SITE}/erasures`;
  const asked = await fetch(erasures, { method: 'POST', headers, body: JSON.stringify({ visitor: 'ann' }) });
  assert.equal(asked.status, 202);
  const done = async () => (await (await fetch(erasures, { headers })).json()).erasures[0].status === 'done';
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 100));
}

async function signIn(page) {
  await page.goto(/http:\S+\/setup#\S+/.exec(styk.said())[0]);
  const field = (name) => page.waitForSelector(`::-p-aria([name="${name}"])`);
  await (await field('E-mail')).type('ann@example.org');
  await (await field('Password')).type('seven hats in a row');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.account-button');
}

test('the privacy screen says what holds, and who was erased', async () => {
  await eraseAnn();
  const page = await browser.newPage();
  const trouble = [];
  page.on('pageerror', (error) => trouble.push(String(error)));
  await signIn(page);
  page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
  for (const width of WIDTHS) {
    await page.setViewport({ width, height: 900 });
    await page.goto(`${styk.origin}/sites/${SITE}/privacy`);
    await page.waitForSelector('.statements');
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `at ${width} px the page is ${over} px too wide`);
  }
  const title = await page.$eval('h1', (heading) => heading.textContent);
  assert.equal(title, 'What consent allows is known, and kept until it is erased');
  const { statements } = await (await fetch(`${styk.origin}/v1/sites/${SITE}/privacy`, { headers })).json();
  const told = await page.$$eval('.statements dd', (all) => all.map(({ textContent }) => textContent));
  assert.deepEqual(told, statements.map(({ text }) => text));
  const [, ...erased] = await page.$$eval('tbody tr:first-child > *', (cells) => cells.map(({ textContent }) => textContent));
  assert.deepEqual(erased, ['✓ in no file', '3', '0', '3', '1', 'a key of the site']);
  assert.deepEqual(trouble, []);
});
