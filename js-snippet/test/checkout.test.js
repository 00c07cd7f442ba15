import { test } from 'node:test';
import assert from 'node:assert/strict';
import { stageAfter } from '../src/checkout.js';
import { chance } from './chance.js';

const MOVES = [
  // event, stage after it ('…' stays)
  ['view_cart', 'cart'],
  ['begin_checkout', 'checkout'],
  ['add_shipping_info', 'shipping'],
  ['add_payment_info', 'payment'],
  ['purchase', ''],
  ['view_item', ''],
  ['search', ''],
  ['page_view', '…'],
  ['add_to_cart', '…'],
  ['remove_from_cart', '…'],
  ['view_item_list', '…'],
  ['view_promotion', '…'],
  ['add_to_wishlist', '…'],
  ['coupon_denied', '…'],
  ['view_cart_help', 'cart'],
];

for (const [name, expected] of MOVES) {
  test(`${name} ${expected === '…' ? 'moves nobody' : `leads to ${expected || 'nowhere in the checkout'}`}`, () => {
    for (const stage of ['', 'cart', 'payment', 'the shop’s own']) {
      assert.equal(stageAfter(stage, name), expected === '…' ? stage : expected);
    }
  });
}

test('after any history the stage is that of the last event which tells one', () => {
  const pick = chance(7);
  for (let run = 0; run < 500; run++) {
    let stage = '';
    let expected = '';
    for (let step = 0; step < 20; step++) {
      const [name, told] = MOVES[pick(MOVES.length)];
      stage = stageAfter(stage, name);
      if (told !== '…') expected = told;
      assert.equal(stage, expected);
    }
  }
});
