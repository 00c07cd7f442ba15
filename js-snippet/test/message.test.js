import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readMessage } from '../src/message.js';
import { readParameters } from '../src/commerce.js';

/** What `gtag(…)` pushes. */
function called() {
  return arguments;
}

/** The event fields of a message as they reach the wire. */
const fields = (message) => JSON.parse(JSON.stringify(readParameters(readMessage(message).params)));

test('an object push and a gtag call give the same event', () => {
  const ecommerce = { currency: 'eur', value: '19,90', items: [{ item_id: 7, price: '19,90', quantity: '1' }] };
  const expected = { value: '19.90', currency: 'EUR', items: [{ item_id: '7', price: '19.90', quantity: 1 }] };
  assert.deepEqual(fields({ event: 'add_to_cart', ecommerce }), expected);
  assert.deepEqual(fields(called('event', 'add_to_cart', ecommerce)), expected);
});

test('all of GA4 names are taken', () => {
  const names =
    'view_item_list select_item view_item add_to_wishlist add_to_cart remove_from_cart view_cart begin_checkout add_shipping_info add_payment_info purchase refund view_promotion select_promotion search view_search_results sign_up login generate_lead';
  for (const name of names.split(' ')) assert.equal(readMessage({ event: name })?.name, name);
});

test('everything else is left alone', () => {
  const others = [
    { event: 'gtm.js', 'gtm.start': 1 },
    { event: 'add_to_cart_clicked' },
    { event: 'my_purchase' },
    { ecommerce: null },
    called('config', 'G-1'),
    called('event', 'page_view'),
    called('consent', 'update', {}),
    () => 1,
    undefined,
    null,
    'purchase',
    5,
  ];
  for (const message of others) assert.equal(readMessage(message), undefined);
});

test('only e-commerce parameters are taken from a dataLayer', () => {
  const message = {
    event: 'purchase',
    user_data: { email: 'a@b.c' },
    email: 'a@b.c',
    ecommerce: { transaction_id: 'T1', card: '4111', coupon: 'SPRING', shipping: '4,9', tax: 1.005 },
  };
  assert.deepEqual(fields(message), {
    transaction_id: 'T1',
    properties: { coupon: 'SPRING', shipping: '4.90', tax: '1' },
  });
});

test('a message without parameters is an event without fields', () => {
  assert.deepEqual(fields(called('event', 'login')), {});
  assert.deepEqual(fields({ event: 'view_cart', ecommerce: null }), {});
});

test('at most 200 items leave', () => {
  const items = Array.from({ length: 300 }, (_, index) => ({ item_id: 'S' + index, index }));
  assert.equal(fields({ event: 'view_item_list', ecommerce: { items: [null, ...items] } }).items.length, 200);
});

test('a tracked event keeps the properties the shop gave', () => {
  const given = {
    score: 9,
    first: true,
    note: 'fine',
    nested: { a: 1 },
    missing: null,
    touchpoint: 'chat',
    items: 'none',
  };
  assert.deepEqual(JSON.parse(JSON.stringify(readParameters(given))), {
    touchpoint: 'chat',
    properties: { score: 9, first: true, note: 'fine' },
  });
});
