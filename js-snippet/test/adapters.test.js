/** Each adapter in a page that fires its platform's own events. */

import { afterEach, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';

let copies = 0;
let told;

/** Loads an adapter into the page that the globals make. */
const load = (name) => import(`../adapters/${name}.js?${++copies}`);
const plain = (value) => JSON.parse(JSON.stringify(value));

beforeEach(() => {
  told = [];
  globalThis.window = { styk: (command, name, params) => told.push([name, plain(params ?? {})]) };
  const document = new EventTarget();
  document.body = new EventTarget();
  document.querySelector = () => null;
  globalThis.document = document;
});

afterEach(() => {
  for (const name of ['window', 'document', 'analytics', 'init']) delete globalThis[name];
});

const fire = (target, type, fields) => target.dispatchEvent(Object.assign(new Event(type), fields));

test('WooCommerce: jQuery’s events, and the blocks’ that repeat them once', async () => {
  const listeners = {};
  window.jQuery = () => ({ on: (type, listener) => (listeners[type] = listener) });
  document.querySelector = (selector) => (/payment/.test(selector) ? { value: 'bacs' } : null);
  await load('woocommerce');
  const trigger = (type, ...given) => listeners[type]({ type }, ...given);
  const button = { data: () => ({ product_id: 17, product_sku: 'SKU1', quantity: 2 }) };
  trigger('added_to_cart', {}, 'hash', button);
  fire(document.body, 'wc-blocks_added_to_cart');
  trigger('removed_from_cart', {}, 'hash', button);
  trigger('init_checkout');
  trigger('updated_shipping_method');
  trigger('payment_method_selected');
  trigger('applied_coupon', 'SPRING');
  trigger('checkout_error');
  const items = [{ id: 'SKU1', quantity: 2 }];
  assert.deepEqual(told, [
    ['add_to_cart', { items }],
    ['remove_from_cart', { items }],
    ['begin_checkout', {}],
    ['add_shipping_info', {}],
    ['add_payment_info', { payment_type: 'bacs' }],
    ['coupon_applied', { coupon: 'SPRING' }],
    ['form_error', { stage: 'payment' }],
  ]);
});

test('WooCommerce: blocks alone', async () => {
  document.querySelector = (selector) => (/block/.test(selector) ? {} : null);
  await load('woocommerce');
  fire(document.body, 'wc-blocks_added_to_cart');
  fire(document.body, 'wc-blocks_removed_from_cart');
  assert.deepEqual(
    told.map(([name]) => name),
    ['begin_checkout', 'add_to_cart', 'remove_from_cart'],
  );
});

test('an adapter that comes before the snippet leaves its calls for it', async () => {
  delete window.styk;
  document.querySelector = (selector) => (/block/.test(selector) ? {} : null);
  await load('woocommerce');
  fire(document.body, 'wc-blocks_added_to_cart');
  assert.deepEqual(plain(window.styk.q), [
    ['track', 'begin_checkout'],
    ['track', 'add_to_cart', {}],
  ]);
});

test('Shopify’s theme events', async () => {
  await load('shopify-theme');
  const product = { id: 'gid://shopify/Product/1', title: 'Cap', vendor: 'Wool & Co' };
  const variant = { id: 'gid://shopify/ProductVariant/7', title: 'navy', sku: 'SKU1', price: { amount: '19.90', currencyCode: 'EUR' } };
  const lines = [{ quantity: 2, merchandise: { ...variant, product } }];
  const cost = { totalAmount: { amount: '39.80', currencyCode: 'EUR' } };
  fire(document, 'shopify:product:view', { product: { ...product, selectedOrFirstAvailableVariant: variant } });
  fire(document, 'shopify:collection:view', { collection: { handle: 'hats', title: 'Hats' } });
  fire(document, 'shopify:search:update', { query: 'cap' });
  fire(document, 'shopify:cart:view', { cart: { id: 'gid://shopify/Cart/9', cost, lines: { nodes: lines } } });
  const added = { action: 'add', lines: [{ merchandiseId: variant.id, quantity: 1 }] };
  fire(document, 'shopify:cart:lines-update', { ...added, promise: Promise.resolve({ cart: { id: 'gid://shopify/Cart/9' } }) });
  fire(document, 'shopify:cart:lines-update', { ...added, promise: Promise.reject(new Error('sold out')) });
  fire(document, 'shopify:cart:lines-update', { ...added, action: 'update' });
  fire(document, 'shopify:cart:error', { code: 'sold_out' });
  await new Promise((resolve) => setImmediate(resolve));
  const item = { id: 'SKU1', name: 'Cap', brand: 'Wool & Co', variant: 'navy', price: '19.90' };
  assert.deepEqual(told, [
    ['view_item', { value: '19.90', currency: 'EUR', items: [item] }],
    ['view_item_list', { item_list_id: 'hats', item_list_name: 'Hats' }],
    ['search', { search_term: 'cap' }],
    ['view_cart', { cart_id: 'gid://shopify/Cart/9', value: '39.80', currency: 'EUR', items: [{ ...item, quantity: 2 }] }],
    ['error', { code: 'sold_out' }],
    ['add_to_cart', { cart_id: 'gid://shopify/Cart/9', items: [{ id: variant.id, quantity: 1 }] }],
  ]);
});

test('Shopify’s pixel sends the checkout by itself, and nothing that names the buyer', async (t) => {
  const subscribers = {};
  const posts = [];
  globalThis.analytics = { subscribe: (name, subscriber) => (subscribers[name] = subscriber) };
  globalThis.init = { customerPrivacy: { analyticsProcessingAllowed: true } };
  t.mock.method(globalThis, 'fetch', async (url, options) => void posts.push([url, JSON.parse(options.body)]));
  await load('shopify-pixel');
  assert.deepEqual(Object.keys(subscribers), ['checkout_started', 'checkout_shipping_info_submitted', 'payment_info_submitted', 'checkout_completed']);
  const variant = { id: '7', sku: 'SKU1', title: 'navy', price: { amount: 19.9 }, product: { vendor: 'Wool & Co' } };
  const checkout = {
    token: 'cart-9',
    email: 'ann@b.example',
    order: { id: '1001' },
    currencyCode: 'EUR',
    totalPrice: { amount: 44.8 },
    lineItems: [{ title: 'Cap', quantity: 2, variant }],
  };
  const location = new URL('https://hats.example/checkouts/cn/secret-key/thank_you?key=1');
  subscribers.checkout_completed({
    id: 'sh-1',
    name: 'checkout_completed',
    data: { checkout },
    context: { document: { location }, navigator: { language: 'pl-PL' } },
  });
  const item = { id: 'SKU1', name: 'Cap', variant: 'navy', brand: 'Wool & Co', price: 19.9, quantity: 2 };
  assert.deepEqual(posts, [
    [
      'https://HOST/s',
      {
        site: 'SITE',
        consent: 'cookieless',
        language: 'pl-PL',
        events: [
          {
            id: 'purchase 1001',
            name: 'purchase',
            age_ms: 0,
            url: 'https://hats.example/checkout',
            params: { cart_id: 'cart-9', transaction_id: '1001', value: 44.8, currency: 'EUR', items: [item] },
          },
        ],
      },
    ],
  ]);
});

test('Adobe Commerce’s data layer', async () => {
  const listeners = {};
  await load('adobe-commerce');
  // As the platform's package does it: what is set stays in the state, of which each event brings a copy.
  const state = {};
  const layer = { addEventListener: (type, listener) => (listeners[type] = listener), getState: () => state };
  for (const message of window.adobeDataLayer) message(layer);
  const publish = (event, contexts) => listeners[event]({ event, eventInfo: { ...Object.assign(state, contexts) } });
  const items = [
    { id: 'line-1', canApplyMsrp: false, product: { sku: 'SKU1', name: 'Cap' }, prices: { price: { value: 19.9, currency: 'EUR' } }, quantity: 2 },
  ];
  const prices = { subtotalExcludingTax: { value: 33.4, currency: 'EUR' }, subtotalIncludingTax: { value: 39.8, currency: 'EUR' } };
  const shoppingCartContext = { id: 'cart-9', items, prices, totalQuantity: 2 };
  const productContext = { sku: 'SKU1', name: 'Cap', pricing: { regularPrice: 19.9, currencyCode: 'EUR' } };
  const orderContext = { orderId: '1001', grandTotal: 44.8, email: 'ann@b.example', salesTax: 6.4, appliedCouponCode: '', shipping: { shippingAmount: 5 } };
  publish('product-page-view', { productContext });
  publish('add-to-cart', { shoppingCartContext });
  publish('add-to-cart', { changedProductsContext: { items: [{ ...items[0], quantity: 1 }] } });
  publish('remove-from-cart', {});
  publish('shopping-cart-view', {});
  publish('initiate-checkout', {});
  publish('place-order', { orderContext });
  const item = { id: 'SKU1', name: 'Cap', price: 19.9, quantity: 2 };
  const cart = { cart_id: 'cart-9', value: 39.8, currency: 'EUR', items: [item] };
  assert.deepEqual(told, [
    ['view_item', { value: 19.9, currency: 'EUR', items: [{ id: 'SKU1', name: 'Cap' }] }],
    ['add_to_cart', { cart_id: 'cart-9', currency: 'EUR', items: [{ id: 'SKU1', name: 'Cap' }] }],
    ['add_to_cart', { cart_id: 'cart-9', currency: 'EUR', items: [{ ...item, quantity: 1 }] }],
    ['remove_from_cart', { cart_id: 'cart-9', currency: 'EUR', items: [{ ...item, quantity: 1 }] }],
    ['view_cart', cart],
    ['begin_checkout', cart],
    ['purchase', { ...cart, transaction_id: '1001', value: 44.8, shipping: 5, tax: 6.4 }],
  ]);
});

test('PrestaShop’s events', async () => {
  const listeners = {};
  const products = [{ id_product: 17, id_product_attribute: '3', name: 'Cap', manufacturer_name: 'Wool & Co', price_amount: 19.9 }];
  window.prestashop = {
    on: (type, listener) => (listeners[type] = listener),
    currency: { iso_code: 'EUR' },
    page: { page_name: 'checkout' },
    cart: { totals: { total: { amount: 39.8 } } },
  };
  await load('prestashop');
  const reason = { idProduct: '17', idProductAttribute: 3, linkAction: 'add-to-cart', cart: { products } };
  listeners.updateCart({ reason, resp: { success: true } });
  listeners.updateCart({ reason, resp: { hasError: true } });
  listeners.updateCart({ reason: { idProduct: '17', linkAction: 'delete-from-cart', cart: { products: [] } }, resp: {} });
  listeners.updateCart({ reason: { updateUrl: '…' } });
  listeners.updatedDeliveryForm({});
  assert.deepEqual(told, [
    ['begin_checkout', { currency: 'EUR', value: 39.8 }],
    ['add_to_cart', { currency: 'EUR', items: [{ id: '17', name: 'Cap', brand: 'Wool & Co', price: 19.9 }] }],
    ['remove_from_cart', { currency: 'EUR', items: [{ id: '17' }] }],
    ['add_shipping_info', { currency: 'EUR' }],
  ]);
});

test('PrestaShop’s product page embeds what it shows', async () => {
  window.prestashop = { on() {}, currency: { iso_code: 'EUR' }, page: { page_name: 'product' } };
  const product = { id_product: 17, name: 'Cap', manufacturer_name: 'Wool & Co', category_name: 'Hats', price: '19,90 €', price_amount: 19.9 };
  document.querySelector = (selector) => (/data-product/.test(selector) ? { dataset: { product: JSON.stringify(product) } } : null);
  await load('prestashop');
  const item = { id: 17, name: 'Cap', brand: 'Wool & Co', category: 'Hats', price: 19.9 };
  assert.deepEqual(told, [['view_item', { currency: 'EUR', value: 19.9, items: [item] }]]);
});
