/**
 * The wire format, shared with the server: each batch the snippet makes equals a committed file that
 * the server's own tests parse. `UPDATE_FIXTURES=1 npm test` writes them anew.
 */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { encodeBatch } from '../src/wire.js';
import { readMessage } from '../src/message.js';
import { scrubUrl } from '../src/url.js';
import { setOptions } from './tag.js';

const FIXTURES = new URL('../../tests/fixtures/wire/', import.meta.url);
const SENDER = { site: 'demo', language: 'pl-PL', consent: 'cookieless' };
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
const LANDING = '/product/cap?utm_source=news&utm_medium=email&session_token=s3cret#reviews';

setOptions();
globalThis.location = 'https://shop.example/';

/** An event with a fixed id; `at` on the page's clock. */
function happened(sequence, at, path, [name, params], referrer) {
  const id = `5f0c9f2e-7d1a-4c3b-9a57-00000000000${sequence}`;
  const url = scrubUrl('https://shop.example' + path);
  return { id, name, sequence, url, referrer: referrer && scrubUrl(referrer), at, params };
}

/** An event from a dataLayer message. */
const pushed = (message) => readMessage(message)[0];

function gtag() {
  return arguments;
}

const BATCHES = {
  page_view: [SENDER, [happened(1, 500, LANDING, ['page_view', {}], 'https://search.example/?q=cap&page=2')]],

  add_to_cart_gtag: [
    SENDER,
    [
      happened(1, 0, '/cart', ['page_view', {}], 'https://shop.example/product/cap'),
      happened(
        2,
        1988,
        '/cart',
        pushed(
          gtag('event', 'add_to_cart', { currency: 'eur', value: 39.8, cart_id: 'cart-9', items: [CAP], send_to: 'G-1' }),
        ),
      ),
    ],
  ],

  purchase_datalayer: [
    SENDER,
    [
      happened(
        4,
        NOW,
        '/thanks?key=wc_order_x',
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
              { item_id: 4711, item_name: 'Coat', price: '1,200.00', quantity: '1', discount: 59.97000000000001, index: 1 },
            ],
          },
        }),
      ),
    ],
  ],

  purchase_analytics: [
    SENDER,
    [
      happened(
        5,
        NOW,
        '/thanks',
        pushed({
          event: 'gtm4wp.orderCompletedEEC',
          ecommerce: {
            currencyCode: 'EUR',
            purchase: {
              actionField: { id: 'T-1002', revenue: '59.97000000000001', tax: '9,50', coupon: '' },
              products: [{ id: 'SKU1', name: 'Cap', category: 'Hats', price: 19.99, quantity: 3 }],
            },
          },
        }),
      ),
    ],
  ],

  spa_navigation: [
    SENDER,
    [
      happened(3, 1200, '/hats/beanie', ['page_view', {}], 'https://shop.example/hats/cap'),
      happened(
        4,
        1250,
        '/hats/beanie',
        pushed({ event: 'view_item', ecommerce: { currency: 'EUR', value: '24.50', items: [{ item_id: 'SKU2' }] } }),
      ),
    ],
  ],

  checkout: [
    SENDER,
    [
      happened(6, 0, '/checkout', ['form_error', { stage: 'shipping', field: 'postcode' }]),
      happened(7, 100, '/checkout', ['payment_redirect', { stage: 'payment', host: 'pay.example' }]),
      happened(8, 1900, '/checkout', ['engagement', { engaged_ms: 61_250, scroll_percent: 84 }]),
      happened(9, 1900, '/checkout', [
        'checkout_leave',
        { stage: 'shipping', field: 'postcode', invalid_fields: 2, stage_ms: 48_031 },
      ]),
    ],
  ],

  identify_granted: [
    {
      ...SENDER,
      consent: 'granted',
      customer: 'C-20817',
      visitor: '3141592653-589793238-462643383-279502884',
    },
    [
      happened(1, 800, '/cart', ['page_view', {}]),
      happened(2, 1500, '/cart', ['login', { method: 'password' }]),
      happened(3, 1900, '/cart', ['chat_opened', { touchpoint: 'chat', waiting: true, queue: 3, note: 'a\u0000b \ud83d' }]),
      happened(4, 1900, '/cart', ['survey_answered', { kind: 'nps', score: 9, comment: 'fine' }]),
    ],
  ],
};

for (const [name, batch] of Object.entries(BATCHES)) {
  test(`tests/fixtures/wire/${name}.json is what the snippet sends`, (t) => {
    t.mock.method(Date, 'now', () => NOW);
    const made = JSON.stringify(JSON.parse(encodeBatch(...batch)), null, 2) + '\n';
    const file = new URL(name + '.json', FIXTURES);
    if (process.env.UPDATE_FIXTURES) writeFileSync(file, made);
    assert.equal(made, readFileSync(file, 'utf8'));
  });
}

test('a clock that is set back makes no event younger than now', () => {
  const [event] = JSON.parse(encodeBatch(SENDER, [{ id: 'a', at: Date.now() + 60_000 }])).events;
  assert.deepEqual(event, { id: 'a', age_ms: 0 });
});

test('of one batch, no event seems older than one before it, however slowly it is made', (t) => {
  let clock = NOW;
  t.mock.method(Date, 'now', () => clock++);
  const { events } = JSON.parse(encodeBatch(SENDER, [{ at: 500 }, { at: 500 }, { at: 501 }]));
  assert.deepEqual(events, [{ age_ms: 1500 }, { age_ms: 1500 }, { age_ms: 1499 }]);
});

test('texts are cut and cleaned of what the server refuses', () => {
  const clean = (note) => JSON.parse(encodeBatch(SENDER, [{ at: 0, params: { note } }])).events[0].params.note;
  assert.equal(clean('a\u0000b\nc'), 'a b c');
  assert.equal(clean('x\ud800y'), 'x y');
  assert.equal(clean('x'.repeat(999) + '😀'), 'x'.repeat(999) + ' ');
  assert.equal(clean(5), 5);
});
