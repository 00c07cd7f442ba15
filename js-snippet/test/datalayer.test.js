import { afterEach, beforeEach, mock, test } from 'node:test';
import assert from 'node:assert/strict';
import { watchDataLayer } from '../src/datalayer.js';
import { identityFields, setConsent } from '../src/identity.js';
import { chance } from './chance.js';

let clock;
let signals;

const onSignal = (name, params) => signals.push(params.transaction_id ? `${name} ${params.transaction_id}` : name);
const gtag = (...args) =>
  window.dataLayer.push(
    (function () {
      return arguments;
    })(...args),
  );

beforeEach(() => {
  mock.reset();
  clock = 1_000_000;
  signals = [];
  mock.method(Date, 'now', () => clock);
  globalThis.window = { dataLayer: [] };
});

afterEach(() => delete globalThis.window);

test('what was pushed before and what is pushed later is read, in order', () => {
  window.dataLayer.push({ event: 'view_item', ecommerce: {} }, { ecommerce: null });
  gtag('event', 'add_to_cart', {});
  watchDataLayer('dataLayer', onSignal);
  window.dataLayer.push({ event: 'view_cart' }, { event: 'gtm.click' });
  gtag('event', 'purchase', { transaction_id: 'T1' });
  assert.deepEqual(signals, ['view_item', 'add_to_cart', 'view_cart', 'purchase T1']);
  assert.equal(window.dataLayer.length, 6);
});

test('one action pushed three times within half a second counts once', () => {
  watchDataLayer('dataLayer', onSignal);
  const push = () => window.dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: 'T1' } });
  push();
  gtag('event', 'purchase', { transaction_id: 'T1', send_to: 'G-2' });
  clock += 500;
  window.dataLayer.push({ event: 'gtm4wp.orderEEC', ecommerce: { purchase: { actionField: { id: 'T1' } } } });
  assert.deepEqual(signals, ['purchase T1']);
  window.dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: 'T2' } });
  clock += 1;
  push();
  assert.deepEqual(signals, ['purchase T1', 'purchase T2', 'purchase T1']);
});

test('the push of the shop runs first, with its own answer, and nothing here reaches it', () => {
  const order = [];
  window.dataLayer.push = function (...messages) {
    order.push('shop');
    Array.prototype.push.apply(this, messages);
    return 'kept';
  };
  watchDataLayer('dataLayer', () => {
    order.push('styk');
    throw new Error('broken');
  });
  const trap = {
    get event() {
      throw new Error('trap');
    },
  };
  assert.equal(window.dataLayer.push({ event: 'login' }), 'kept');
  for (const message of [trap, null, undefined, 5]) assert.equal(window.dataLayer.push(message), 'kept');
  assert.deepEqual(order, ['shop', 'styk', 'shop', 'shop', 'shop', 'shop']);
});

test('a missing dataLayer is made, under the name the shop uses', () => {
  delete window.dataLayer;
  watchDataLayer('layer', onSignal);
  window.layer.push({ event: 'search' });
  assert.deepEqual(signals, ['search']);
});

test('Google’s consent mode is read from it', (t) => {
  Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  t.after(() => delete globalThis.navigator);
  gtag('consent', 'default', { analytics_storage: 'denied', wait_for_update: 500 });
  watchDataLayer('dataLayer', onSignal);
  assert.equal(identityFields().consent, 'pending');
  gtag('consent', 'update', { ad_storage: 'denied' });
  assert.equal(identityFields().consent, 'pending');
  gtag('consent', 'update', { analytics_storage: 'granted' });
  assert.equal(identityFields().consent, 'granted');
  gtag('consent', 'update', { analytics_storage: 'denied' });
  assert.equal(identityFields().consent, 'denied');
  setConsent('cookieless');
});

test('however actions and their repetitions fall, each counts once for every half second without it', () => {
  const pick = chance(11);
  const ways = [
    (id) => gtag('event', 'purchase', { transaction_id: id }),
    (id) => window.dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: id, value: pick(9) } }),
    (id) => window.dataLayer.push({ ecommerce: { purchase: { actionField: { id }, products: [] } } }),
    () => window.dataLayer.push({ ecommerce: null }),
  ];
  for (let run = 0; run < 200; run++) {
    signals = [];
    window.dataLayer = [];
    watchDataLayer('dataLayer', onSignal);
    const counted = {};
    const expected = [];
    for (let step = 0; step < 30; step++) {
      clock += pick(300);
      const id = 'T' + pick(3);
      const way = pick(ways.length);
      ways[way](id);
      if (way === 3 || clock - counted[id] <= 500) continue;
      counted[id] = clock;
      expected.push('purchase ' + id);
    }
    assert.deepEqual(signals, expected);
    clock += 1000;
  }
});
