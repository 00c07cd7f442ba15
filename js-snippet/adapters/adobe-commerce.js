/** Adobe Commerce's storefront events (`adobeDataLayer`) as calls of `styk`. */

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

const changed = (state) => ({ ...cart(state), items: state.changedProductsContext?.items?.map(item) ?? cart(state).items });

const product = ({ productContext: { sku, name, pricing } = {} }) => ({
  value: pricing?.specialPrice ?? pricing?.regularPrice,
  currency: pricing?.currencyCode,
  items: [{ id: sku, name }],
});

const order = (state) => {
  const { orderId, grandTotal, shipping } = state.orderContext || {};
  return { ...cart(state), transaction_id: orderId, value: grandTotal, shipping: shipping?.shippingAmount };
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
