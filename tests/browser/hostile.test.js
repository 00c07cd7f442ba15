/** Text that tries to be more than text, in every field an event can carry, on every screen that shows it. */

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launchChromium } from './chromium.js';
import { startStyk } from './styk.js';

const SITE = 'hats';
const PAYLOADS = [
  '<script>window.owned=1</script>',
  '"><img src=x onerror="window.owned=1">',
  'javascript:window.owned=1//',
  '${window.owned=1}{{window.owned=1}}`',
  '</bdi></th><svg onload=window.owned=1>',
  '\u202Egnp.exe',
  '\u200Bun\u200Dseen\u2066',
];
/** What a breakdown can be by; the screen of a share link shows any of them. */
const FIELDS = ['touchpoint', 'stage', 'channel', 'source', 'medium', 'campaign', 'term', 'content', 'referrer_host'];
FIELDS.push('page', 'page_host', 'device', 'browser', 'os', 'country', 'language', 'currency');
/** Fields that senders fill as they like, so that each payload must be there. */
const FREE = ['touchpoint', 'channel', 'source', 'medium', 'campaign', 'term', 'content'];

let styk;
let browser;
let page;
let keys;
let trouble;

before(async () => {
  const prepare = async ({ command, addKey }) => {
    await command(['site', 'add', SITE, '--domain', 'hats.example']);
    keys = { collect: await addKey(SITE, 'collect'), admin: await addKey(SITE, 'admin') };
  };
  [styk, browser] = await Promise.all([startStyk(prepare), launchChromium()]);
  const events = PAYLOADS.flatMap(hostileEvents);
  const receipt = await call('POST', '/v1/events', keys.collect, { site: SITE, events });
  assert.deepEqual(receipt, { accepted: events.length, refused: [] });
  await styk.waitLoaded(events.length);
  page = await (await browser.createBrowserContext()).newPage();
  page.on('dialog', (dialog) => trouble.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
  await page.exposeFunction('tellViolation', (violation) => trouble.push(violation));
  await page.evaluateOnNewDocument(() => {
    const tell = ({ violatedDirective, sample }) => window.tellViolation(`${violatedDirective}: ${sample}`);
    document.addEventListener('securitypolicyviolation', tell);
  });
  await signIn();
});

after(async () => {
  await browser?.close();
  await styk?.stop();
});

/** A view and a purchase of one visitor, each with the payload wherever text is taken. */
function hostileEvents(payload, number) {
  const fields = {
    visitor: payload,
    customer: payload,
    cart_id: payload,
    transaction_id: `${number}${payload}`,
    touchpoint: payload,
    channel: payload,
    language: payload,
    user_agent: payload,
    campaign: { source: payload, medium: payload, name: payload, term: payload, content: payload },
    url: `https://hats.example/${payload}?q=${payload}`,
    referrer: `https://other.example/${encodeURIComponent(payload)}`,
    value: '1.00',
    items: [{ item_id: payload, item_name: payload, item_category: payload, item_brand: payload, item_variant: payload }],
    properties: { [payload]: payload, nested: { [payload]: [payload] } },
  };
  return ['view_item', 'purchase'].map((name) => ({ ...fields, name }));
}

async function call(method, path, secret, body) {
  const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
  const answer = await fetch(styk.origin + path, { method, headers, body: JSON.stringify(body) });
  return answer.json();
}

async function signIn() {
  const [, token] = /\/setup#(\S+)/.exec(styk.said());
  const body = JSON.stringify({ token, email: 'ann@hats.example', password: 'seven hats in a row' });
  const answer = await fetch(styk.origin + '/v1/setup', { method: 'POST', body });
  assert.equal(answer.status, 204);
  const [name, value] = answer.headers.getSetCookie()[0].split(';')[0].split('=');
  await page.browserContext().setCookie({ name, value, domain: '127.0.0.1', path: '/' });
}

async function open(address) {
  trouble = [];
  // Links that differ behind # only would not be loaded anew.
  await page.goto('about:blank');
  await page.goto(address);
  await page.waitForFunction(() => {
    const answer = document.querySelector('.answer[aria-busy="false"]');
    return answer?.querySelector('table') && !answer.querySelector('[role="status"]');
  });
}

/** Nothing ran, nothing was added, nothing was even tried. */
async function assertInert(where) {
  const found = await page.evaluate(() => ({
    owned: window.owned ?? null,
    foreign: [...document.querySelectorAll('img, iframe, object, embed, svg[onload], base, meta[http-equiv]')].length,
    scripts: [...document.scripts].filter(({ src }) => !src.startsWith(`${location.origin}/assets/`)).length,
    links: [...document.links].filter(({ protocol }) => !/^https?:$/.test(protocol)).length,
    handlers: [...document.querySelectorAll('*')].filter((it) => it.getAttributeNames().some((name) => name.startsWith('on')))
      .length,
  }));
  assert.deepEqual(found, { owned: null, foreign: 0, scripts: 0, links: 0, handlers: 0 }, where);
  assert.deepEqual(trouble, [], where);
}

/** Texts that stand alone in a <bdi>, so that they turn nothing around them. */
const isolated = () => page.$$eval('bdi', (all) => all.map(({ textContent }) => textContent));

for (const field of FIELDS) {
  test(`by ${field}, hostile values are shown, as text, apart`, async () => {
    const question = {
      last_days: 7,
      steps: [{ event: 'view_item', label: PAYLOADS[0] }, { event: 'purchase', label: PAYLOADS[5] }],
      breakdown: { field, limit: 20 },
    };
    const report = await styk.ask(SITE, keys.admin, 'funnel', question);
    const values = report.breakdown.map(({ value }) => value);
    const form = { name: PAYLOADS[1], report: 'funnel', question };
    const { url } = await call('POST', `/v1/sites/${SITE}/shares`, keys.admin, form);
    await open(styk.origin + url);
    await assertInert(field);
    const shown = await isolated();
    for (const text of [...values, ...PAYLOADS.slice(0, 2), PAYLOADS[5]]) {
      const known = text.startsWith('(') || ['desktop', 'mobile', 'tablet', 'tv', 'bot'].includes(text);
      assert.ok(known || shown.includes(text), `${JSON.stringify(text)} in ${JSON.stringify(shown)}`);
    }
    if (FREE.includes(field)) assert.deepEqual([...values].sort(), [...PAYLOADS].sort());
  });
}

test('on the own screen, with hostile names in the address too', async () => {
  for (const breakdown of ['none', 'device', 'channel']) {
    const steps = ['view_item', PAYLOADS[0], PAYLOADS[1], 'purchase'].map(encodeURIComponent).join(',');
    await open(`${styk.origin}/sites/${SITE}/funnel?steps=view_item,purchase&breakdown=${breakdown}`);
    await assertInert(breakdown);
    trouble = [];
    await page.goto(`${styk.origin}/sites/${SITE}/funnel?breakdown=${breakdown}&steps=${steps}`);
    await page.waitForSelector('.notice, .answer[aria-busy="false"]');
    // Such a name is no event's: the server says so, and the browser notes the status.
    trouble = trouble.filter((line) => !line.includes('status of 400'));
    await assertInert(`${breakdown}, steps`);
  }
});
