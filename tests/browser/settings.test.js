/** The settings in Chromium, on the real server: what owners decide there holds, and others see no button for it. */

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchChromium } from './chromium.js';
import { setUpOwner } from './owner.js';
import { WIDE, assertSoundEverywhere, listenForTrouble } from './sound.js';
import { startStyk } from './styk.js';

const SITE = 'hats';
const PASSWORD = 'seven hats in a row';
const HOSTILE_NAME = '<img src=x onerror="document.title=\'owned\'">';

let styk;
let browser;
let cookies;
let page;
let trouble;
let command;

before(async () => {
  const prepare = async (commands) => {
    ({ command } = commands);
    await command(['site', 'add', SITE, '--domain', 'hats.example', '--time-zone', 'Europe/Warsaw']);
    await command(['key', 'add', '--site', SITE, '--scope', 'collect', '--name', HOSTILE_NAME]);
  };
  [styk, browser] = await Promise.all([startStyk(prepare), launchChromium()]);
  cookies = await setUpOwner(browser, styk);
});

after(async () => {
  await browser?.close();
  assert.deepEqual(await styk?.stop(), { code: 0, signal: null });
});

beforeEach(async () => {
  const context = await browser.createBrowserContext();
  await context.setCookie(...cookies);
  ({ page, trouble } = await newPage(context));
});

afterEach(async () => {
  assert.deepEqual(trouble, []);
  await page.browserContext().close();
});

async function newPage(context, isForeseen) {
  const fresh = await context.newPage();
  await fresh.setViewport(WIDE);
  return { page: fresh, trouble: await listenForTrouble(fresh, isForeseen) };
}

const labelled = (label) => `::-p-aria([name="${label}"])`;
const button = (name) => `::-p-aria([name="${name}"][role="button"])`;
const press = async (name, on = page) => (await on.waitForSelector(button(name))).click();
const waitForText = (words, on = page) => on.waitForFunction((wanted) => document.body.innerText.includes(wanted), {}, words);
const wholeText = (on = page) => on.evaluate(() => document.body.innerText);
const linesOf = (selector, on = page) => on.$$eval(selector, (all) => all.map(({ innerText }) => innerText.replaceAll(/\s+/g, ' ').trim()));

/** Types words in place of what stands in a field. */
async function fill(label, words, on = page) {
  const field = await on.waitForSelector(labelled(label));
  await field.evaluate((input) => input.select());
  await field.type(words);
}

async function openPart(part, arrived, on = page) {
  await on.goto(`${styk.origin}/sites/${SITE}/settings${part === 'shop' ? '' : `?part=${part}`}`);
  await on.waitForSelector(arrived);
}

/** The API's own word, with the login of the browser. */
async function ask(path, on = page) {
  return on.evaluate(async (address) => (await fetch(address)).json(), path);
}

test('the shop’s name, hosts and place are what the API says, and what is saved there', async () => {
  await assertSoundEverywhere(page, 'the shop', () => openPart('shop', '.form'));
  await page.setViewport(WIDE);
  await openPart('shop', '.form');
  const values = await page.$$eval('.form input, .form textarea', (fields) => fields.map(({ value }) => value));
  assert.deepEqual(values.slice(0, 4), [SITE, 'hats.example', 'Europe/Warsaw', 'EUR']);
  await fill('Name', 'Hats & caps');
  await fill('Hosts of the shop', 'hats.example\nhttps://caps.example/');
  await press('Save');
  await waitForText('One of the hosts is none.');
  trouble.splice(0);
  await fill('Hosts of the shop', 'hats.example\ncaps.example');
  await press('Save');
  await page.waitForFunction(() => document.querySelector('.top-site').innerText === 'Hats & caps');
  const { name, domains } = await ask(`/v1/sites/${SITE}/settings`);
  assert.deepEqual({ name, domains }, { name: 'Hats & caps', domains: ['hats.example', 'caps.example'] });
  assert.match(await command(['site', 'list']), /hats\.example caps\.example/);
});

test('keeping events for less time asks once, with what will happen; the address one is at is a click away', async () => {
  await openPart('shop', '.form');
  await (await page.waitForSelector(labelled('Events are kept'))).select('90');
  const saves = await page.$$(button('Save'));
  await saves[1].click();
  await waitForText('Events will be kept 90 days. What is older leaves the store');
  await press('Leave it');
  assert.equal((await ask(`/v1/sites/${SITE}/settings`)).kept_days, null);
  await saves[1].click();
  await press('Remove what is older');
  await page.waitForFunction(() => document.body.innerText.includes('✓ Saved'));
  assert.equal((await ask(`/v1/sites/${SITE}/settings`)).kept_days, 90);
  await press('Add the address you are at, 127.0.0.1');
  await (await page.$$(button('Save')))[2].click();
  await page.waitForFunction(async (path) => (await (await fetch(path)).json()).excluded_addresses.join() === '127.0.0.1', { polling: 200 }, `/v1/sites/${SITE}/settings`);
});

test('a key is shown once, works, and is gone once it is revoked', async () => {
  await assertSoundEverywhere(page, 'keys', () => openPart('keys', '.listed'));
  await page.setViewport(WIDE);
  await openPart('keys', '.listed');
  assert.ok((await wholeText()).includes(HOSTILE_NAME), 'a name is text');
  await fill('Name', 'Spreadsheet');
  await (await page.waitForSelector(labelled('What it may do'))).select('read');
  await press('Make the key');
  const code = await page.waitForSelector('.once code');
  const secret = await code.evaluate(({ textContent }) => textContent);
  assert.match(secret, /^styk_read_[\w-]{43}$/);
  const status = async () => (await fetch(`${styk.origin}/v1/sites/${SITE}/fields`, { headers: { Authorization: `Bearer ${secret}` } })).status;
  assert.equal(await status(), 200);
  await press('I have copied it');
  assert.ok(!(await page.content()).includes(secret), 'the secret is shown once');
  await press('Revoke the key Spreadsheet');
  await waitForText('Whatever uses it is turned away at once.');
  assert.equal(await status(), 200);
  await press('Revoke the key');
  await page.waitForFunction(() => !document.body.innerText.includes('Spreadsheet'));
  assert.equal(await status(), 401);
  const { keys } = await ask(`/v1/sites/${SITE}/keys`);
  assert.deepEqual((await linesOf('.listed tbody th')).length, keys.length);
});

test('somebody is invited, chooses a password, and as a viewer finds no button that would be refused', async () => {
  await assertSoundEverywhere(page, 'users', () => openPart('users', '.listed'));
  await page.setViewport(WIDE);
  await openPart('users', '.listed');
  await fill('E-mail', 'vic@shop.example');
  await press('Make the invitation');
  const code = await page.waitForSelector('.once code');
  const link = await code.evaluate(({ textContent }) => textContent);
  assert.match(link, /\/password#[\w-]{43}:vic%40shop\.example$/);
  await waitForText('has not chosen a password yet');

  const isForeseen = (message) => message.text().includes('status of 403') && message.location().url.endsWith('/v1/password');
  const vic = await newPage(await browser.createBrowserContext(), isForeseen);
  await assertSoundEverywhere(vic.page, 'the link', async () => {
    await vic.page.goto('about:blank');
    await vic.page.goto(link);
    await vic.page.waitForSelector('form');
  });
  await fill('Password', PASSWORD, vic.page);
  await press('Set the password and sign in', vic.page);
  await vic.page.waitForSelector('.account-button');
  await assertSoundEverywhere(vic.page, 'a viewer’s settings', () => openPart('shop', '.facts', vic.page));
  const parts = await linesOf('.parts a', vic.page);
  assert.deepEqual(parts, ['Shop', 'Notes', 'Password', 'Privacy', 'Status']);
  assert.deepEqual(await vic.page.$$('main button, main input, main textarea'), []);
  await openPart('keys', '.facts', vic.page);
  await openPart('notes', '.card', vic.page);
  assert.deepEqual(await vic.page.$$('main button'), []);
  await vic.page.goto('about:blank');
  await vic.page.goto(link);
  await fill('Password', PASSWORD, vic.page);
  await press('Set the password and sign in', vic.page);
  await waitForText('This link does not work any more', vic.page);
  assert.deepEqual(vic.trouble, []);
  await vic.page.browserContext().close();

  await openPart('users', '.listed');
  await (await page.waitForSelector(labelled('Role of ann@example.org'))).select('viewer');
  await waitForText('Nobody else is an owner who can sign in.');
  trouble.splice(0);
  await press('Remove vic@shop.example');
  await press('Remove this user');
  await page.waitForFunction(() => !document.body.innerText.includes('vic@shop.example'));
  const { users } = await ask('/v1/users');
  assert.deepEqual(users.map(({ email, role }) => `${email} ${role}`), ['ann@example.org owner']);
});

test('share links are listed with what they freeze, and end when they are revoked', async () => {
  const question = { from: '2026-11-01', to: '2026-11-08', steps: [{ event: 'view_item' }, { event: 'purchase' }] };
  await page.goto(`${styk.origin}/sites/${SITE}/settings?part=links`);
  const token = await page.evaluate(
    async (path, body) => (await (await fetch(path, { method: 'POST', body: JSON.stringify(body) })).json()).token,
    `/v1/sites/${SITE}/shares`,
    { name: 'For the board', report: 'funnel', question },
  );
  await assertSoundEverywhere(page, 'links', () => openPart('links', '.listed'));
  const [row] = await linesOf('.listed tbody tr');
  assert.match(row, /^For the board no\. 1 Nov 1 – 7, 2026 · Product view → Purchase /);
  const status = async () => (await fetch(`${styk.origin}/v1/share`, { headers: { Authorization: `Bearer ${token}` } })).status;
  assert.equal(await status(), 200);
  await press('Revoke link no. 1');
  await press('Revoke the link');
  await waitForText('No link.');
  assert.equal(await status(), 401);
});

test('the server’s settings stand there with their keys, and nothing to change them by', async () => {
  await assertSoundEverywhere(page, 'the server', () => openPart('server', '.program'));
  const { settings } = await ask('/v1/settings');
  const shown = await page.$$eval('.program dt', (keys) => keys.map(({ innerText }) => innerText));
  assert.deepEqual(shown, settings.map(({ key }) => key));
  assert.deepEqual(await page.$$('main button, main input'), []);
});

test('another shop is added, and its tag is what comes next', async () => {
  await openPart('shop', '.form');
  await fill('Key', 'caps');
  const fields = await page.$$(labelled('Hosts of the shop'));
  await fields.at(-1).type('caps.example');
  await press('Add the shop');
  await page.waitForFunction(() => location.pathname === '/sites/caps/install');
  await waitForText('data-styk-site="caps"');
  await page.goto(styk.origin);
  await page.waitForSelector('.sites');
  assert.deepEqual(await linesOf('.sites strong'), ['Hats & caps', 'caps']);
});

test('one’s own password is changed by whoever knows it', async () => {
  await assertSoundEverywhere(page, 'password', () => openPart('password', '.form'));
  await page.setViewport(WIDE);
  await fill('Current password', 'not this one at all');
  await fill('New password', 'eight hats in a row');
  await press('Change the password');
  await waitForText('This is not the password that holds.');
  trouble.splice(0);
  await fill('Current password', PASSWORD);
  await press('Change the password');
  await waitForText('Changed. Other browsers are signed out.');
  cookies = await page.browserContext().cookies();
  await openPart('password', '.form');
});

test('in Polish, Czech and German the settings say everything', async () => {
  for (const [language, words] of Object.entries({ pl: 'Nazwa i miejsce', cs: 'Název a místo', de: 'Name und Ort' })) {
    const context = await browser.createBrowserContext();
    await context.setCookie(...cookies);
    const own = await newPage(context);
    await own.page.evaluateOnNewDocument((wanted) => Object.defineProperty(navigator, 'languages', { get: () => [wanted, 'en'] }), language);
    await assertSoundEverywhere(own.page, `in ${language}`, async () => {
      await openPart('shop', '.form', own.page);
      await waitForText(words, own.page);
    });
    assert.deepEqual(own.trouble, []);
    await context.close();
  }
});
