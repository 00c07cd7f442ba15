/**
 * WooCommerce, classic and blocks, for shops whose theme or plugins fill no dataLayer: WooCommerce's own events as
 * calls of `styk`. Loaded after jQuery, on every page of the shop.
 */

import { styk } from '../src/calls.js';

const TWIN_MS = 500;

let addedAt = -TWIN_MS;

/** The article of a button that WooCommerce hands over: a jQuery object with its `data-product_…`, or nothing. */
function itemsOf(button) {
  const data = button?.data?.() || {};
  const id = data.product_sku || data.product_id;
  return id ? { items: [{ id, quantity: data.quantity || 1 }] } : {};
}

function added(button) {
  addedAt = Date.now();
  styk('track', 'add_to_cart', itemsOf(button));
}

const LISTENERS = {
  added_to_cart: (_event, _fragments, _hash, button) => added(button),
  removed_from_cart: (_event, _fragments, _hash, button) => styk('track', 'remove_from_cart', itemsOf(button)),
  init_checkout: () => styk('track', 'begin_checkout'),
  updated_shipping_method: () => styk('track', 'add_shipping_info'),
  payment_method_selected: () => {
    const chosen = document.querySelector('input[name=payment_method]:checked');
    styk('track', 'add_payment_info', { payment_type: chosen?.value });
  },
  applied_coupon: (_event, coupon) => styk('track', 'coupon_applied', { coupon }),
  checkout_error: () => styk('track', 'form_error', { stage: 'payment' }),
};

const body = window.jQuery?.(document.body);
for (const type in LISTENERS) body?.on(type, LISTENERS[type]);

// Blocks tell the same on the document, and repeat what jQuery told.
document.body.addEventListener('wc-blocks_added_to_cart', () => Date.now() - addedAt > TWIN_MS && added());
document.body.addEventListener('wc-blocks_removed_from_cart', () => styk('track', 'remove_from_cart'));
if (document.querySelector('.wp-block-woocommerce-checkout')) styk('track', 'begin_checkout');
