/** Pages of five platforms, as far as their adapters see them: each holds its adapter, and `act()` does what a visitor's deeds make the platform tell. */

import { readFileSync } from 'node:fs';

const adapter = (name) => readFileSync(new URL(`../../js-snippet/dist/adapters/${name}.js`, import.meta.url), 'utf8');
const script = (code) => `<script>${code}</script>`;
const page = (name, platform) =>
  '<!doctype html><meta charset="utf-8"><title>Platform</title><body>' +
  script(`(${platform})()`) +
  script(adapter(name)) +
  '<script async src="{{HOST}}/s.js" data-styk-site="{{SITE}}"></script>';

function woocommerce() {
  const listeners = {};
  window.jQuery = () => ({ on: (types, listener) => types.split(' ').forEach((type) => (listeners[type] = listener)) });
  const trigger = (type, ...given) => listeners[type]?.({ type }, ...given);
  window.act = () => {
    const button = { data: () => ({ product_id: 17, product_sku: 'SKU1', quantity: 2 }) };
    trigger('added_to_cart', {}, 'hash', button);
    trigger('init_checkout');
    trigger('updated_shipping_method');
    trigger('payment_method_selected');
    trigger('applied_coupon', 'SPRING');
  };
}

function woocommerceBlocks() {
  const blocks = document.createElement('div');
  blocks.className = 'wp-block-woocommerce-cart';
  document.body.append(blocks);
  window.act = () => {
    for (const type of ['added_to_cart', 'removed_from_cart']) {
      document.body.dispatchEvent(new CustomEvent('wc-blocks_' + type, { bubbles: true }));
    }
  };
}

function shopifyTheme() {
  const price = { amount: '19.90', currencyCode: 'EUR' };
  const variant = { id: 'gid://shopify/ProductVariant/7', title: 'navy', sku: 'SKU1', price };
  const product = { id: 'gid://shopify/Product/1', title: 'Cap', vendor: 'Wool & Co' };
  const fire = (type, fields) => document.body.dispatchEvent(Object.assign(new Event('shopify:' + type, { bubbles: true }), fields));
  window.act = () => {
    fire('collection:view', { collection: { handle: 'hats', title: 'Hats' } });
    fire('product:view', { product: { ...product, selectedOrFirstAvailableVariant: variant } });
    fire('cart:view', { cart: { id: 'C-9', cost: { totalAmount: price }, lines: { nodes: [{ quantity: 1, merchandise: { ...variant, product } }] } } });
    const cart = Promise.resolve({ cart: { id: 'C-9' } });
    fire('cart:lines-update', { action: 'add', lines: [{ merchandiseId: variant.id, quantity: 1 }], promise: cart });
  };
}

function adobeCommerce() {
  const listeners = {};
  const state = {
    productContext: { sku: 'SKU1', name: 'Cap', pricing: { regularPrice: 19.9, currencyCode: 'EUR' } },
    orderContext: { orderId: 'A-1001', grandTotal: 44.8 },
  };
  const layer = { addEventListener: (type, listener) => (listeners[type] = listener), getState: () => state };
  window.act = () => {
    for (const message of window.adobeDataLayer) message(layer);
    for (const event of ['product-page-view', 'initiate-checkout', 'place-order']) listeners[event]({ event, eventInfo: state });
  };
}

function prestashop() {
  const listeners = {};
  window.prestashop = {
    on: (type, listener) => (listeners[type] = listener),
    currency: { iso_code: 'EUR' },
    page: { page_name: 'checkout' },
    cart: { totals: { total: { amount: 39.8 } } },
  };
  window.act = () => {
    const products = [{ id_product: 17, id_product_attribute: '3', name: 'Cap', price_amount: 19.9 }];
    const reason = { idProduct: '17', idProductAttribute: 3, linkAction: 'add-to-cart', cart: { products } };
    listeners.updateCart({ reason, resp: { success: true } });
    listeners.updatedDeliveryForm({});
  };
}

/** What Shopify gives to a pixel, in a frame that may do nothing but run scripts. */
function shopifyCheckout() {
  window.init = { customerPrivacy: { analyticsProcessingAllowed: true } };
  const checkout = { token: 'cart-9', order: { id: 'S-1001' }, currencyCode: 'EUR', totalPrice: { amount: 44.8 }, email: 'ann@b.example' };
  const context = { document: { location: new URL('https://127.0.0.1/checkouts/cn/secret/thank_you?key=1') }, navigator };
  window.analytics = {
    subscribe: (name, subscriber) => setTimeout(() => subscriber({ id: name + Math.random(), name, data: { checkout: { ...checkout, order: /completed/.test(name) ? checkout.order : undefined } }, context })),
  };
}

export const PLATFORM_PAGES = {
  '/woocommerce': page('woocommerce', woocommerce),
  '/woocommerce-blocks': page('woocommerce', woocommerceBlocks),
  '/shopify-theme': page('shopify-theme', shopifyTheme),
  '/adobe-commerce': page('adobe-commerce', adobeCommerce),
  '/prestashop': page('prestashop', prestashop),
  '/shopify-checkout': '<!doctype html><title>Checkout</title><iframe sandbox="allow-scripts" src="/shopify-pixel"></iframe>',
  '/shopify-pixel':
    '<!doctype html><title>Pixel</title>' +
    script(`(${shopifyCheckout})()`) +
    script(adapter('shopify-pixel').replace('https://HOST', '{{HOST}}').replace('"SITE"', '"{{SITE}}"')),
};
