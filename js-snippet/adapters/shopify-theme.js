/** Shopify's standard storefront events (`shopify:…`, which themes dispatch) as calls of `styk`. */

import { styk } from '../src/calls.js';

const item = ({ sku, id, title, price, product = {}, quantity }) => ({
  id: sku || id,
  name: product.title || title,
  brand: product.vendor,
  variant: product.title && title,
  price: price?.amount,
  quantity,
});

const money = (amount) => ({ value: amount?.amount, currency: amount?.currencyCode });

const line = ({ merchandise, quantity }) => item({ ...merchandise, quantity });

const cart = ({ id, cost, lines }) => ({ cart_id: id, ...money(cost?.totalAmount), items: (lines?.nodes || lines)?.map?.(line) });

/** What the lines of a change are; those that are only known by their variant's id count too. */
const changed = (lines) => ({
  items: lines?.map(({ merchandiseId, merchandise = { id: merchandiseId }, quantity }) => line({ merchandise, quantity })),
});

const NAMES = { add: 'add_to_cart', remove: 'remove_from_cart' };

const LISTENERS = {
  'product:view': ({ product = {}, variant = product.selectedOrFirstAvailableVariant || {} }) =>
    styk('track', 'view_item', { ...money(variant.price), items: [item({ ...variant, product })] }),
  'collection:view': ({ collection = {} }) => styk('track', 'view_item_list', { item_list_id: collection.handle, item_list_name: collection.title }),
  'search:update': ({ query }) => styk('track', 'search', { search_term: query }),
  'cart:view': ({ cart: seen = {} }) => styk('track', 'view_cart', cart(seen)),
  'cart:lines-update': ({ action, lines, promise }) =>
    // Refused changes are none.
    Promise.resolve(promise).then(
      (result) => NAMES[action] && styk('track', NAMES[action], { cart_id: result?.cart?.id, ...changed(lines) }),
      () => {},
    ),
  'cart:error': ({ code }) => styk('track', 'error', { code }),
};

for (const type in LISTENERS) document.addEventListener('shopify:' + type, (event) => LISTENERS[type](event));
