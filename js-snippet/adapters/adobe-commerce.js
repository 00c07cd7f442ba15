/**
 * Adobe Commerce's storefront events (`adobeDataLayer`) as calls of `styk`. Names and shapes are those of Adobe's own
 * package `@adobe/magento-storefront-events-sdk` 1.18 (repository adobe/commerce-events: `src/events.ts`, `src/Base.ts`,
 * `src/types/schemas/`); what each event comes with is in that repository's `examples/events/`.
 */

import { styk } from '../src/calls.js';

const item = ({ product = {}, prices, quantity }) => ({
  id: product.sku,
  name: product.name,
  price: prices?.price?.value,
  quantity,
});

const cart = ({ shoppingCartContext: cart = {} }) => ({
  cart_id: cart.id,
  value: cart.prices?.subtotalIncludingTax?.value,
  currency: cart.prices?.subtotalIncludingTax?.currency,
  items: cart.items?.map(item),
});

/** What was added or removed. The cart's own lines are not it: whoever tells none, tells the product that is looked at. */
const changed = (state) => {
  const { cart_id, currency } = cart(state);
  return { cart_id, currency, items: (state.changedProductsContext?.items ?? [{ product: state.productContext }]).map(item) };
};

const product = ({ productContext: { sku, name, pricing } = {} }) => ({
  value: pricing?.specialPrice ?? pricing?.regularPrice,
  currency: pricing?.currencyCode,
  items: [{ id: sku, name }],
});

const order = (state) => {
  const { orderId, grandTotal, shipping, salesTax, appliedCouponCode } = state.orderContext || {};
  return {
    ...cart(state),
    transaction_id: orderId,
    value: grandTotal,
    shipping: shipping?.shippingAmount,
    tax: salesTax,
    coupon: appliedCouponCode || undefined,
  };
};

const SIGNALS = {
  'product-page-view': ['view_item', product],
  'add-to-cart': ['add_to_cart', changed],
  'remove-from-cart': ['remove_from_cart', changed],
  'shopping-cart-view': ['view_cart', cart],
  'initiate-checkout': ['begin_checkout', cart],
  'place-order': ['purchase', order],
};

(window.adobeDataLayer ||= []).push((layer) => {
  for (const type in SIGNALS) {
    const [name, read] = SIGNALS[type];
    layer.addEventListener(type, ({ eventInfo }) => styk('track', name, read(eventInfo || layer.getState())));
  }
});
