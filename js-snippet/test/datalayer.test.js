import { afterEach, beforeEach, mock, test } from 'node:test';
import assert from 'node:assert/strict';
import { watchDataLayer } from '../src/datalayer.js';

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
  clock = 0;
  signals = [];
  mock.method(performance, 'now', () => clock);
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
  clock = 500;
  push();
  assert.deepEqual(signals, ['purchase T1']);
  window.dataLayer.push({ event: 'purchase', ecommerce: { transaction_id: 'T2' } });
  clock = 501;
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
  assert.equal(window.dataLayer.push(trap), 'kept');
  assert.deepEqual(order, ['shop', 'styk', 'shop']);
});

test('a missing dataLayer is made, under the name the shop uses', () => {
  delete window.dataLayer;
  watchDataLayer('layer', onSignal);
  window.layer.push({ event: 'search' });
  assert.deepEqual(signals, ['search']);
});

test('two messages read in any order give what each says alone', () => {
  const messages = [
    { event: 'view_item_list', ecommerce: { items: [{ item_id: 'A' }, { item_id: 'B' }, { item_id: 'C' }] } },
    { event: 'add_to_cart', ecommerce: { items: [{ item_id: 'D' }] } },
    { event: 'purchase', ecommerce: { transaction_id: 'T1', items: [{ item_id: 'D' }] } },
    { event: 'login' },
  ];
  const alone = ['A B C', 'D', 'D', ''];
  const orders = messages.flatMap((_, a) => messages.map((_, b) => [a, b])).filter(([a, b]) => a !== b);
  for (const order of orders) {
    const read = [];
    window.dataLayer = [];
    watchDataLayer('dataLayer', (_, { items = [] }) => read.push(items.map(({ item_id: id }) => id).join(' ')));
    for (const index of order) window.dataLayer.push(messages[index]);
    assert.deepEqual(
      read,
      order.map((index) => alone[index]),
    );
  }
});
