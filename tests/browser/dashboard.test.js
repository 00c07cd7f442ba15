/** The dashboard in Chromium, on the real server, filled with numbers that are known. */

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchChromium } from './chromium.js';
import { HOSTILE_CHANNEL, HOSTILE_EVENTS, STEPS, TURNED_CHANNEL, onPhone, pastBatch, reachedBy } from './past_shop.js';
import { NARROW, WIDE, assertSound as assertPageSound, assertSoundEverywhere as assertPageSoundEverywhere, listenForTrouble } from './sound.js';
import { startStyk } from './styk.js';

const SITE = 'hats';
const EMAIL = 'ann@example.org';
const PASSWORD = 'seven hats in a row';
const FUNNEL = `/sites/${SITE}/funnel`;

let styk;
let collectKey;
let readKey;
let adminKey;
let browser;
let context;
let page;
let trouble;
let cookies = [];

before(async () => {
  const prepare = async ({ command, addKey }) => {
    await command(['site', 'add', SITE, '--domain', 'hats.example', '--domain', 'www.hats.example']);
    await command(['site', 'add', 'empty', '--domain', 'empty.example']);
    [collectKey, readKey] = [await addKey(SITE, 'collect'), await addKey(SITE, 'read')];
    adminKey = await addKey(SITE, 'admin');
  };
  [styk, browser] = await Promise.all([startStyk(prepare), launchChromium()]);
  const { events } = pastBatch(SITE, Date.now());
  await styk.accept(SITE, collectKey, events);
  await styk.waitLoaded(events.length);
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
  // The browser's own line about an answer that the screen is made for.
  const isForeseen = (message) =>
    message.text().includes('status of 401') && /\/v1\/(me|login|share)$/.test(message.location().url);
  trouble = await listenForTrouble(page, isForeseen);
});

afterEach(async () => {
  assert.deepEqual(trouble, []);
  await context.close();
});

const assertSound = (where) => assertPageSound(page, where);
const assertSoundEverywhere = (where, arrive) => assertPageSoundEverywhere(page, where, arrive);

const open = (path) => page.goto(styk.origin + path);
const address = () => new URL(page.url());
const parameter = (name) => address().searchParams.get(name);
const wholeText = () => page.evaluate(() => document.body.innerText);

/** The control with this label, as a selector of puppeteer's. */
const labelled = (label) => `::-p-aria([name="${label}"])`;
const button = (name) => `::-p-aria([name="${name}"][role="button"])`;

async function fill(label, words) {
  const field = await page.waitForSelector(labelled(label));
  await field.click({ count: 3 });
  await field.type(words);
}

async function choose(label, option) {
  const field = await page.waitForSelector(labelled(label));
  const value = await field.evaluate(
    (select, wanted) => [...select.options].find(({ text }) => text === wanted).value,
    option,
  );
  await field.select(value);
}

/** Opens the funnel's screen and waits for its numbers. */
async function openFunnel(search = '') {
  await open(FUNNEL + search);
  await settled();
}

/** Waits until the screen shows the answer to what its address asks, the parts that are fetched late included. */
const settled = () =>
  page.waitForFunction(() => {
    const answer = document.querySelector('.answer[aria-busy="false"]');
    return answer?.querySelector('table') && !answer.querySelector('[role="status"]');
  });

/** A table's body as rows of text, the one under this heading. */
const tableUnder = (heading) =>
  page.evaluate((wanted) => {
    const card = [...document.querySelectorAll('section.card')].find(
      (section) => section.querySelector('h2')?.textContent === wanted,
    );
    const rows = [...(card?.querySelectorAll('tbody tr') ?? [])];
    return rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  }, heading);

/** The number of those who reached each step, as the screen shows it. */
const reachedOnScreen = async () => (await tableUnder('Step by step')).map(([, reached]) => Number(reached));

/** The answer of the API to what the address asks. */
function askSame(others) {
  const steps = STEPS.map((event) => ({ event }));
  return styk.ask(SITE, readKey, 'funnel', { from: parameter('from'), to: parameter('to'), steps, ...others });
}

async function waitForReached(expected) {
  await page.waitForFunction(
    (wanted) => {
      const rows = [...(document.querySelector('.answer tbody')?.rows ?? [])];
      return rows.map((row) => row.cells[1].textContent.trim()).join() === wanted;
    },
    {},
    expected.join(),
  );
  await settled();
}

test('the set-up link of the first run makes the owner, once', async () => {
  const [link] = /http:\S+\/setup#\S+/.exec(styk.said());
  await assertSoundEverywhere('set-up', async () => {
    await page.goto(link);
    await page.waitForSelector(labelled('Password'));
  });
  await fill('E-mail', EMAIL);
  await fill('Password', PASSWORD);
  await page.click(button('Create the owner and sign in'));
  await page.waitForSelector('.sites');
  assert.equal(address().pathname, '/');
  cookies = await context.cookies();
  assert.deepEqual(
    cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite })),
    [{ httpOnly: true, sameSite: 'Lax' }],
  );
});

test('the picker lists the sites, and leads to their overviews; a funnel without events shows the tag', async () => {
  await assertSoundEverywhere('sites', async () => {
    await open('/');
    await page.waitForSelector('.sites');
  });
  assert.match(await wholeText(), /hats\.example, www\.hats\.example/);
  await page.click(`a[href="/sites/${SITE}/overview"]`);
  await settled();
  await page.goBack();
  await page.waitForSelector('.sites');
  await page.click('a[href="/sites/empty/overview"]');
  await page.waitForSelector('.notice a[href="/sites/empty/install"]');
  await open('/sites/empty/funnel');
  const tag = await page.waitForSelector('.tag');
  const markup = await tag.evaluate((element) => element.textContent);
  assert.equal(markup, `<script async src="${styk.origin}/s.js" data-styk-site="empty"></script>`);
});

test('the funnel shows what the API says, and that is what was sent', async () => {
  await assertSoundEverywhere('funnel', () => openFunnel('?breakdown=channel'));
  const { steps } = await askSame();
  const everybody = reachedBy(() => true);
  assert.deepEqual(steps.map(({ reached }) => reached), everybody);
  const table = await tableUnder('Step by step');
  const rows = table.map(([, reached, , , dropped, underway]) => [reached, dropped, underway]);
  const shown = steps.map(({ reached, drop_off, in_progress }) => [reached, drop_off, in_progress].map(String));
  shown.at(-1).fill('–', 1);
  assert.deepEqual(rows, shown);
  const [title] = await page.$$eval('h1', (headings) => headings.map(({ textContent }) => textContent));
  const worst = Math.max(...steps.map(({ drop_off }) => drop_off));
  assert.match(title, new RegExp(`lost ${worst} visitors`));
});

test('by device and by channel every row is its part', async () => {
  await openFunnel();
  await choose('Break down by', 'Device');
  await page.waitForFunction(() => document.body.innerText.includes('By device'));
  assert.equal(parameter('breakdown'), 'device');
  const entered = (rows) => Object.fromEntries(rows.map(([name, count]) => [name, Number(count)]));
  assert.deepEqual(entered(await tableUnder('By device')), {
    Phone: reachedBy(onPhone)[0],
    Desktop: reachedBy((group) => !onPhone(group))[0],
  });
  await choose('Break down by', 'Channel');
  await page.waitForFunction(() => document.body.innerText.includes('By channel'));
  const { breakdown } = await askSame({ breakdown: { field: 'channel' } });
  const byApi = Object.fromEntries(breakdown.map(({ value, steps: [first] }) => [value, first.reached]));
  assert.deepEqual(entered(await tableUnder('By channel')), byApi);
  assert.equal(byApi.Email, reachedBy(({ channel }) => channel === 'Email')[0]);
});

test('the address is the question: a reload keeps it, Back goes back', async () => {
  await openFunnel();
  const first = page.url();
  const everybody = reachedBy(() => true);
  const lately = reachedBy(({ daysAgo }) => daysAgo < 7);
  await choose('Period', 'Last 7 days');
  await waitForReached(lately);
  assert.notEqual(page.url(), first);
  await page.click('.steps summary');
  await choose('Start from', 'Quick');
  const quick = [lately[0], lately[1], lately.at(-1)];
  await waitForReached(quick);
  assert.equal(parameter('steps'), 'view_item,add_to_cart,purchase');
  await page.reload();
  await waitForReached(quick);
  await page.goBack();
  await waitForReached(lately);
  await page.goBack();
  await waitForReached(everybody);
  assert.equal(page.url(), first);
});

test('bars stand where there is room and lie on a phone', async () => {
  await openFunnel();
  assert.deepEqual([(await page.$$('.columns')).length, (await page.$$('.rows')).length], [1, 0]);
  await page.setViewport(NARROW);
  await page.waitForSelector('.rows');
  assert.deepEqual([(await page.$$('.columns')).length, (await page.$$('.rows > li')).length], [0, STEPS.length]);
});

test('names that try to be markup are text', async () => {
  await openFunnel('?breakdown=channel');
  const names = (await tableUnder('By channel')).map(([name]) => name);
  assert.ok(names.includes(HOSTILE_CHANNEL) && names.includes(TURNED_CHANNEL.trim()), `${names}`);
  const isolated = await page.$$eval('tbody th', (cells) => cells.every((cell) => cell.querySelector('bdi')));
  assert.ok(isolated, 'each name keeps its direction to itself');
  await page.setViewport(NARROW);
  await openFunnel(`?steps=${['view_item', ...HOSTILE_EVENTS].map(encodeURIComponent).join()}`);
  await page.click('.steps summary');
  await page.waitForSelector('.step-list');
  assert.deepEqual(await page.$$('main img'), []);
  assert.doesNotMatch(await page.title(), /^owned/);
  for (const name of HOSTILE_EVENTS) assert.ok((await wholeText()).includes(name), name);
  await assertSound('hostile names');
});

test('a link that asks what cannot be asked says so, and offers what can', async () => {
  await open(`${FUNNEL}?steps=view_item,${encodeURIComponent(HOSTILE_CHANNEL)}`);
  await (await page.waitForSelector(button('Ask the standard question'))).click();
  await settled();
  assert.deepEqual(await reachedOnScreen(), reachedBy(() => true));
  assert.match(trouble.splice(0).join(), /^error: [^,]* status of 400 [^,]*$/);
});

test('a share link shows the same funnel to whoever has it, until it is revoked', async () => {
  await openFunnel('?breakdown=channel');
  const own = [await tableUnder('Step by step'), await tableUnder('By channel')];
  const [, share] = await page.$$('details.steps > summary');
  await share.click();
  await assertSound('share');
  await page.click(button('Make a link'));
  const field = await page.waitForSelector(labelled('Link'));
  const link = await field.evaluate(({ value }) => value);
  assert.match(link, /\/share#styk_share_[\w-]{43}$/);
  await context.deleteCookie(...(await context.cookies()));
  await assertSoundEverywhere('shared', async () => {
    await page.goto('about:blank');
    await page.goto(link);
    await settled();
  });
  assert.deepEqual([await tableUnder('Step by step'), await tableUnder('By channel')], own);
  assert.equal((await page.$$('main select')).length, 0);
  const shares = `${styk.origin}/v1/sites/${SITE}/shares`;
  const headers = { Authorization: `Bearer ${adminKey}` };
  const listed = (await (await fetch(shares, { headers })).json()).shares;
  assert.equal(listed.length, 1);
  assert.equal((await fetch(`${shares}/${listed[0].id}`, { method: 'DELETE', headers })).status, 204);
  await page.reload();
  await page.waitForFunction(() => document.body.innerText.includes('This link is over'));
});

test('the status adds up, and says what was turned away and what to do', async () => {
  const batch = { site: SITE, name: 'view_item', url: 'javascript:1' };
  const sent = await fetch(styk.origin + '/s', { method: 'POST', body: JSON.stringify(batch), headers: { origin: 'https://hats.example' } });
  assert.equal(sent.status, 400);
  const { events } = pastBatch(SITE, Date.now());
  await styk.accept(SITE, collectKey, [{ ...events[0], name: 'page_view' }]);
  await styk.waitLoaded(events.length);
  await assertSoundEverywhere('status', async () => {
    await open(`/sites/${SITE}/status`);
    await page.waitForSelector('.reasons');
  });
  const [title] = await page.$$eval('h1', (headings) => headings.map(({ textContent }) => textContent));
  assert.equal(title, 'Every event is accounted for');
  const answer = await fetch(`${styk.origin}/v1/sites/${SITE}/status`, { headers: { Authorization: `Bearer ${readKey}` } });
  const { in_all, since_start } = await answer.json();
  const inAll = ['accepted', 'loaded', 'duplicate', 'pending', 'quarantined', 'removed'].map((part) => String(in_all[part]));
  assert.deepEqual((await tableUnder('What was accepted'))[0], [SITE, '✓ yes', ...inAll]);
  const since = ['received', 'accepted', 'refused', 'shed'].map((part) => String(since_start[part]));
  assert.deepEqual((await tableUnder('What was received'))[0], [SITE, '✓ yes', ...since]);
  const rows = (await tableUnder('What was accepted')).map(([site]) => site);
  assert.deepEqual(rows, [SITE, 'empty', 'No known site', 'All together']);
  assert.match(await wholeText(), /1 event · hats · the same event id was there already, with other content/);
  assert.match(await wholeText(), /They are kept as they came\. styk replay on the server tries them again/);
  assert.match(await wholeText(), /1 event\n+`url` must be an absolute http or https address of at most 16,384 bytes\./i);
});

test('while the store is built again, every screen says up to when the data goes', async () => {
  let store = 'rebuilding';
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const status = { store, data_through: store === 'rebuilding' ? '2026-11-20T10:30:00.000Z' : null };
    const ours = new URL(request.url()).pathname === '/v1/progress';
    return ours ? request.respond({ contentType: 'application/json', body: JSON.stringify(status) }) : request.continue();
  });
  await openFunnel();
  await page.waitForFunction(() => document.body.innerText.includes('Rebuilding: data to'));
  assert.match(await wholeText(), /Rebuilding: data to .*20.* 2026.*\. Nothing is lost/);
  await assertSound('rebuilding');
  store = 'closed';
  await page.waitForFunction(() => document.body.innerText.includes('The store is being opened again.'));
  store = 'whole';
  await page.waitForFunction(() => !document.querySelector('.store-state'));
});

test('signed out, a link leads to the sign-in and back; a wrong password says so', async () => {
  await openFunnel('?breakdown=device');
  const wanted = page.url();
  await page.click('.account-button');
  await page.click(button('Sign out'));
  await page.waitForSelector(labelled('Password'));
  assert.equal(address().pathname, '/login');
  cookies = [];
  assert.deepEqual(await context.cookies(), []);
  await assertSoundEverywhere('sign-in', async () => {
    await page.goto(wanted);
    await page.waitForSelector(labelled('Password'));
  });
  await fill('E-mail', EMAIL);
  await fill('Password', 'seven cats in a row');
  await page.click(button('Sign in'));
  await page.waitForFunction(() => document.querySelector('[role=alert]')?.textContent.includes('do not match'));
  await fill('Password', PASSWORD);
  await page.click(button('Sign in'));
  await settled();
  assert.equal(page.url(), wanted);
});

test('every page forbids foreign scripts and unsafe markup', async () => {
  const { headers } = await fetch(styk.origin + FUNNEL);
  const policy = headers.get('content-security-policy');
  for (const rule of ["default-src 'none'", "require-trusted-types-for 'script'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(rule), `${rule} in ${policy}`);
  }
  assert.doesNotMatch(policy, /unsafe|\*/);
});
