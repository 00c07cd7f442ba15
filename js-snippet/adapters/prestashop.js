/** PrestaShop's own events (`prestashop.on`) as calls of `styk`. Loaded after the theme's core.js. */

import { styk } from '../src/calls.js';

const NAMES = { 'add-to-cart': 'add_to_cart', 'delete-from-cart': 'remove_from_cart' };

const shop = window.prestashop;

const fields = () => ({ currency: shop.currency?.iso_code });

/** The cart's line of the article that changed; what was removed is in no cart any more. */
function changed({ idProduct, idProductAttribute, cart }) {
  const found = cart?.products?.find(
    (line) => line.id_product == idProduct && (line.id_product_attribute ?? 0) == (idProductAttribute ?? 0),
  );
  const { name, manufacturer_name: brand, price_amount: price } = found || {};
  return [{ id: idProduct, name, brand, price }];
}

shop?.on?.('updateCart', ({ reason, resp }) => {
  const name = NAMES[reason?.linkAction];
  if (name && !resp?.hasError) styk('track', name, { ...fields(), items: changed(reason) });
});
shop?.on?.('updatedDeliveryForm', () => styk('track', 'add_shipping_info', fields()));

const page = shop?.page?.page_name;
if (page === 'cart') styk('track', 'view_cart', { ...fields(), value: shop.cart?.totals?.total?.amount });
if (page === 'checkout') styk('track', 'begin_checkout', { ...fields(), value: shop.cart?.totals?.total?.amount });
