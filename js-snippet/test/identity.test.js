import { afterEach, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { setOptions } from './tag.js';

const storage = (globalThis.localStorage = {});

const KEPT_MS = 34_128_000_000;
let copies = 0;
let identity;

/** The module as a page that just opened has it. */
async function openPage({ search = '', option, gpc } = {}) {
  globalThis.location = new URL(search, 'https://shop.example/');
  Object.defineProperty(globalThis, 'navigator', { value: { globalPrivacyControl: gpc }, configurable: true });
  identity = await import('../src/identity.js?' + ++copies);
  identity.startIdentity();
  identity.setConsent(option);
  return identity;
}

const fields = () => JSON.parse(JSON.stringify(identity.identityFields()));
const stored = () => Object.keys(storage);

beforeEach(() => {
  setOptions();
  stored().forEach((place) => delete storage[place]);
});
afterEach(() => {
  delete globalThis.location;
  delete globalThis.navigator;
});

test('by default nothing is stored, and the customer may be named', async () => {
  await openPage();
  identity.identify('C-1');
  assert.deepEqual(fields(), { consent: 'cookieless', customer: 'C-1' });
  assert.deepEqual(stored(), []);
});

test('consent gives a visitor that lasts', async () => {
  await openPage();
  identity.setConsent('granted');
  const { visitor, consent } = fields();
  assert.equal(consent, 'granted');
  assert.match(storage._styk, new RegExp(`^${visitor}\\.\\d{13}$`));
  await openPage();
  assert.deepEqual(fields(), { consent: 'granted', visitor });
});

test('thirteen months are never prolonged', async () => {
  const young = `old-visitor.${Date.now() - KEPT_MS + 60_000}`;
  storage._styk = young;
  await openPage();
  assert.deepEqual([fields().visitor, storage._styk], ['old-visitor', young]);
  storage._styk = `old-visitor.${Date.now() - KEPT_MS}`;
  await openPage();
  assert.deepEqual(fields(), { consent: 'cookieless' }, 'and the yes is as old');
});

test('a token is never longer than an id', async () => {
  await openPage({ search: `?_styk=${'9'.repeat(300)}.${Date.now()}`, option: 'granted' });
  assert.match(fields().visitor, /^[\d-]{20,50}$/);
});

for (const state of ['denied', 'cookieless', 'pending']) {
  test(`going from granted to ${state} removes everything`, async () => {
    await openPage({ option: 'granted' });
    fields();
    storage['demo_styk0.other-page'] = '[{"id":"a"}]';
    storage.others = 'kept';
    identity.setConsent(state);
    assert.deepEqual(fields(), { consent: state });
    assert.deepEqual(stored(), ['others']);
  });
}

test('denied sends no customer, and clears what an earlier visit left', async () => {
  await openPage({ option: 'granted' });
  fields();
  await openPage({ option: 'denied' });
  identity.identify('C-1');
  assert.deepEqual(fields(), { consent: 'denied' });
  assert.deepEqual(stored(), []);
});

test('Google’s consent mode is followed; its default is no withdrawal', async () => {
  storage._styk = 'old-visitor.' + Date.now();
  await openPage();
  identity.setConsent('denied', 'default');
  assert.deepEqual(fields(), { consent: 'pending' });
  identity.setConsent('granted', 'update');
  assert.equal(fields().visitor, 'old-visitor');
  identity.setConsent('denied', 'update');
  assert.deepEqual([fields(), stored()], [{ consent: 'denied' }, []]);
});

test('but not once the shop says consent itself', async () => {
  await openPage({ option: 'cookieless' });
  identity.setConsent('granted', 'update');
  assert.deepEqual(fields(), { consent: 'cookieless' });
  await openPage();
  identity.setConsent('granted', 'update');
  identity.setConsent('denied');
  identity.setConsent('granted', 'update');
  assert.deepEqual(fields(), { consent: 'denied' });
});

test('Global Privacy Control limits every yes to the page', async () => {
  await openPage({ option: 'granted', gpc: true });
  assert.equal(identity.mayStore(), false);
  assert.equal(fields().visitor, undefined);
  assert.equal(identity.linker('/checkout'), '/checkout');
  assert.deepEqual(stored(), []);
});

test('unknown states change nothing, and null or no text ends the customer', async () => {
  await openPage();
  identity.identify(4711);
  for (const state of ['yes', undefined, null, {}, 5]) identity.setConsent(state);
  assert.deepEqual(fields(), { consent: 'cookieless', customer: '4711' });
  for (const nobody of [null, undefined, {}, true]) {
    identity.identify('C-1');
    identity.identify(nobody);
    assert.deepEqual(fields(), { consent: 'cookieless' });
  }
});

test('a visitor is known again on another domain for two minutes', async () => {
  await openPage({ option: 'granted' });
  const { visitor } = fields();
  const link = new URL(identity.linker('https://other.example/pay?step=2#top'));
  assert.match(link.href, /^https:\/\/other\.example\/pay\?step=2&_styk=[\w-]+\.\d{13}#top$/);
  delete storage._styk;
  await openPage({ search: link.search, option: 'granted' });
  assert.equal(fields().visitor, visitor);
  assert.match(storage._styk, new RegExp('^' + visitor));

  for (const ago of [121_000, -1_000]) {
    const other = link.search.replace(/\d{13}$/, Date.now() - ago);
    delete storage._styk;
    await openPage({ search: other, option: 'granted' });
    assert.notEqual(fields().visitor, visitor, 'too late, or of a time to come');
  }
});

test('without consent neither is a token used nor one made', async () => {
  await openPage({ search: `?_styk=other-visitor.${Date.now()}` });
  assert.deepEqual([fields(), stored(), identity.linker('/pay')], [{ consent: 'cookieless' }, [], '/pay']);
});
