import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readMessage, twinKey } from '../src/message.js';
import { chance } from './chance.js';

/** What `gtag(…)` pushes. */
function called() {
  return arguments;
}

/** A message's signals as JSON has them: without what is undefined. */
const read = (message) => JSON.parse(JSON.stringify(readMessage(message)));

test('an object push and a gtag call give the same signal', () => {
  const ecommerce = { currency: 'eur', value: '19,90', items: [{ item_id: 7, price: '19,90', quantity: '1' }] };
  const expected = [['add_to_cart', ecommerce]];
  assert.deepEqual(read({ event: 'add_to_cart', ecommerce }), expected);
  assert.deepEqual(read(called('event', 'add_to_cart', ecommerce)), expected);
});

test('all of GA4 names are taken', () => {
  const names =
    'view_item_list select_item view_item add_to_wishlist add_to_cart remove_from_cart view_cart begin_checkout add_shipping_info add_payment_info purchase refund view_promotion select_promotion search view_search_results login';
  for (const name of names.split(' ')) assert.equal(readMessage({ event: name })[0]?.[0], name);
});

const HAT = { id: 'SKU1', name: 'Cap', brand: 'Wool', category: 'Hats', variant: 'navy', price: '19.90', quantity: 2 };
const ORDER = { id: 'T1', revenue: '45,80', tax: '8', shipping: '6', coupon: 'SPRING', affiliation: 'Online' };

const LEGACY = [
  // ecommerce, signal
  [{ detail: { actionField: { list: 'Home' }, products: [HAT] } }, ['view_item', { item_list_name: 'Home', items: [HAT] }]],
  [{ impressions: [HAT, HAT] }, ['view_item_list', { items: [HAT, HAT] }]],
  [{ click: { actionField: { list: 'Search' }, products: [HAT] } }, ['select_item', { item_list_name: 'Search', items: [HAT] }]],
  [{ currencyCode: 'PLN', add: { products: [HAT] } }, ['add_to_cart', { currency: 'PLN', items: [HAT] }]],
  [{ remove: { products: [HAT] } }, ['remove_from_cart', { items: [HAT] }]],
  [{ checkout: { actionField: { step: 1 }, products: [HAT] } }, ['begin_checkout', { items: [HAT] }]],
  [{ checkout: { products: [HAT] } }, ['begin_checkout', { items: [HAT] }]],
  [{ checkout: { actionField: { step: 2, option: 'Visa' } } }, ['checkout_stage', {}]],
  [
    { currencyCode: 'EUR', purchase: { actionField: ORDER, products: [HAT] } },
    ['purchase', { currency: 'EUR', transaction_id: 'T1', value: '45,80', tax: '8', shipping: '6', coupon: 'SPRING', items: [HAT] }],
  ],
  [{ refund: { actionField: { id: 'T1' } } }, ['refund', { transaction_id: 'T1' }]],
  [{ promoView: { promotions: [{ id: 'P1' }] } }, ['view_promotion', {}]],
  [{ promoClick: { promotions: [{ id: 'P1' }] } }, ['select_promotion', {}]],
];

for (const [ecommerce, signal] of LEGACY) {
  test(`Universal Analytics: ${JSON.stringify(ecommerce).slice(0, 60)} is ${signal[0]}`, () => {
    assert.deepEqual(read({ event: 'gtm4wp.someEEC', ecommerce }), [signal]);
    assert.deepEqual(read({ ecommerce }), [signal]);
  });
}

test('one message may say two things, and its older words win over a name of GA4', () => {
  const message = { event: 'purchase', ecommerce: { impressions: [HAT], purchase: { actionField: ORDER, products: [HAT] } } };
  const names = readMessage(message).map(([name, { transaction_id: order }]) => `${name} ${order}`);
  assert.deepEqual(names, ['view_item_list undefined', 'purchase T1']);
});

test('everything else is left alone', () => {
  const others = [
    { event: 'gtm.js', 'gtm.start': 1 },
    { event: 'my_purchase' },
    { event: 'purchases' },
    { ecommerce: null },
    { ecommerce: { currencyCode: 'EUR' } },
    called('config', 'G-1'),
    called('event', 'page_view'),
    called('event', 'scroll'),
    called('consent', 'update', {}),
    called('purchase'),
    () => 1,
    ['purchase'],
    5,
  ];
  for (const message of others) assert.deepEqual(readMessage(message), []);
});

test('only e-commerce parameters are taken, of articles too', () => {
  const item = { ...HAT, item_id: 'A', gift_message: 'for ann@b.example', image: 'x' };
  const message = {
    event: 'purchase',
    user_data: { email: 'a@b.c' },
    email: 'a@b.c',
    ecommerce: { transaction_id: 'T1', card: '4111', coupon: 'SPRING', shipping: '4,9', items: [item, null, 'x'] },
  };
  const items = [{ ...HAT, item_id: 'A' }, {}, {}];
  assert.deepEqual(read(message), [['purchase', { transaction_id: 'T1', coupon: 'SPRING', shipping: '4,9', items }]]);
});

test('a message without parameters is a signal without any', () => {
  assert.deepEqual(read(called('event', 'login')), [['login', {}]]);
  assert.deepEqual(read({ event: 'view_cart', ecommerce: null }), [['view_cart', {}]]);
});

test('twins in two vocabularies are known as one action, different actions are not', () => {
  const key = (message) => twinKey(...readMessage(message)[0]);
  const items = [{ item_id: 'SKU1', item_name: 'Cap', price: 19.9 }];
  const twins = [
    [{ event: 'add_to_cart', ecommerce: { currency: 'EUR', value: 19.9, items } }, { ecommerce: { add: { products: [HAT] } } }],
    [
      called('event', 'purchase', { transaction_id: 'T1', value: 45.8, items, send_to: 'G-1' }),
      { event: 'order', ecommerce: { purchase: { actionField: ORDER, products: [] } } },
    ],
    [called('event', 'add_to_cart', { items: [{ id: 7 }] }), called('event', 'add_to_cart', { items: [{ item_id: '7' }] })],
  ];
  for (const [one, other] of twins) assert.equal(key(one), key(other));
  const different = [
    called('event', 'add_to_cart', { items: [{ id: 7 }] }),
    called('event', 'add_to_cart', { items: [{ id: 8 }] }),
    called('event', 'remove_from_cart', { items: [{ id: 7 }] }),
    called('event', 'search', { search_term: 'hat' }),
    called('event', 'search', { search_term: 'cap' }),
    called('event', 'view_promotion', { promotion_id: '1' }),
    called('event', 'view_promotion', { promotion_id: '2' }),
    called('event', 'purchase', { transaction_id: 'T1' }),
    called('event', 'purchase', { transaction_id: 'T2' }),
  ];
  assert.equal(new Set(different.map(key)).size, different.length);
});

test('in any order each message says what it says alone: no article of one stays in another', () => {
  const pick = chance(3);
  const kinds = [
    (items) => ({ event: 'view_item_list', ecommerce: { items } }),
    (items) => ({ event: 'add_to_cart', ecommerce: { items, value: 5 } }),
    (items) => called('event', 'purchase', { transaction_id: 'T' + pick(9), items }),
    (items) => ({ ecommerce: { detail: { products: items } } }),
    () => ({ ecommerce: null }),
    () => called('js', new Date()),
    () => ({ event: 'view_cart' }),
  ];
  for (let run = 0; run < 300; run++) {
    const messages = Array.from({ length: 8 }, () => {
      const items = Array.from({ length: pick(4) }, () => ({ item_id: 'S' + pick(50), quantity: 1 + pick(3) }));
      return kinds[pick(kinds.length)](items);
    });
    const alone = new Map(messages.map((message) => [message, JSON.stringify(readMessage(message))]));
    messages.sort(() => pick(3) - 1);
    for (const message of messages) assert.equal(JSON.stringify(readMessage(message)), alone.get(message));
  }
});
