/**
 * The wire format, shared with the server: each batch the snippet makes equals a committed file that
 * the server's own tests parse. `UPDATE_FIXTURES=1 npm test` writes them anew.
 */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { buildBatch, buildEvent } from '../src/wire.js';
import { readMessage } from '../src/message.js';
import { scrubUrl } from '../src/url.js';

const FIXTURES = new URL('../../tests/fixtures/wire/', import.meta.url);
const SENDER = {
  site: 'demo',
  sent_at: '2026-11-22T10:00:02.000Z',
  consent: 'cookieless',
  language: 'pl-PL',
  screen: [1280, 720],
};
const NOW = 2000;

const CAP = {
  item_id: 'SKU1',
  item_name: 'Cap',
  item_brand: 'Wool & Co',
  item_category: 'Hats',
  item_variant: 'navy',
  price: '19,90',
  quantity: 2,
};
const LANDING = view(
  '/product/cap?utm_source=news&utm_medium=email&session_token=s3cret#reviews',
  'Cap',
  'https://search.example/?q=cap&page=2',
);
const CART = view('/cart', 'Your cart', 'https://shop.example/product/cap');
const THANKS = view('/thanks?key=wc_order_x', 'Thank you', 'https://shop.example/checkout');

function view(path, title, referrer) {
  return { url: scrubUrl('https://shop.example' + path), referrer: scrubUrl(referrer), title };
}

/** A queued event with a fixed id; `at` on the page's clock. */
function entry(sequence, at, view, [name, params]) {
  const id = `5f0c9f2e-7d1a-4c3b-9a57-00000000000${sequence}`;
  return { event: buildEvent({ id, name, sequence }, view, params), view, at };
}

/** An event from a dataLayer message. */
function pushed(message) {
  const { name, params } = readMessage(message);
  return [name, params];
}

function gtag() {
  return arguments;
}

const BATCHES = {
  page_view: buildBatch(SENDER, [entry(1, 500, LANDING, ['page_view'])], NOW),

  add_to_cart_gtag: buildBatch(
    SENDER,
    [
      entry(1, 0, CART, ['page_view']),
      entry(
        2,
        1988.4,
        CART,
        pushed(
          gtag('event', 'add_to_cart', {
            currency: 'eur',
            value: 39.8,
            cart_id: 'cart-9',
            items: [CAP],
            send_to: 'G-1',
          }),
        ),
      ),
    ],
    NOW,
  ),

  purchase_datalayer: buildBatch(
    SENDER,
    [
      entry(
        4,
        NOW,
        THANKS,
        pushed({
          event: 'purchase',
          customer_email: 'never@leaves.example',
          ecommerce: {
            transaction_id: 'T-1001',
            cart_id: 'cart-9',
            currency: 'EUR',
            value: '1 239,80',
            tax: '231,83',
            shipping: 4.9,
            coupon: 'SPRING',
            items: [
              CAP,
              {
                item_id: 4711,
                item_name: 'Coat',
                price: '1,200.00',
                quantity: '1',
                discount: 59.97000000000001,
                index: 1,
              },
            ],
          },
        }),
      ),
    ],
    NOW,
  ),

  spa_navigation: buildBatch(
    SENDER,
    [
      entry(3, 1200, view('/hats/beanie', 'Beanie', 'https://shop.example/hats/cap'), ['page_view']),
      entry(
        4,
        1250,
        view('/hats/beanie', 'Beanie', 'https://shop.example/hats/cap'),
        pushed({ event: 'view_item', ecommerce: { currency: 'EUR', value: '24.50', items: [{ item_id: 'SKU2' }] } }),
      ),
    ],
    NOW,
  ),

  identify_granted: buildBatch(
    {
      site: 'demo',
      sent_at: SENDER.sent_at,
      visitor: '0b6f1d7c-52a4-4a7e-8f0d-6a1c5d2e9b10',
      session: 'c2a8e3b4-19d6-4f5a-b7c1-3e8d0f6a2b94',
      customer: 'C-20817',
      consent: 'granted',
      language: 'pl-PL',
      screen: [390, 844],
    },
    [
      entry(1, 800, CART, ['page_view']),
      entry(2, 1500, CART, ['login', { method: 'password' }]),
      entry(3, 1900, CART, ['chat_opened', { touchpoint: 'chat', waiting: true, queue: 3 }]),
    ],
    NOW,
  ),
};

for (const [name, batch] of Object.entries(BATCHES)) {
  test(`tests/fixtures/wire/${name}.json is what the snippet sends`, () => {
    const made = JSON.stringify(batch, null, 2) + '\n';
    const file = new URL(name + '.json', FIXTURES);
    if (process.env.UPDATE_FIXTURES) writeFileSync(file, made);
    assert.equal(made, readFileSync(file, 'utf8'));
  });
}
