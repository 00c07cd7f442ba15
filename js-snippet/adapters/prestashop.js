/**
 * PrestaShop's own events (`prestashop.on`) as calls of `styk`. Loaded after the theme's core.js.
 *
 * They are those of the developer documentation's "JavaScript events"; what they bring is in the repository
 * PrestaShop/PrestaShop: `themes/_core/js/cart.js` (`updateCart` with `reason` and `resp`; of a removal `reason` is the
 * link's dataset, see `themes/classic/_dev/js/cart.js`), `checkout-delivery.js`, and `ProductLazyArray.php` for the fields
 * that a product's page embeds. Of an order core.js tells nothing: it comes from the shop's server.
 */

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
const embedded = document.querySelector('.js-product-details[data-product],#product-details[data-product]');
if (page === 'product' && embedded) {
  const { id_product: id, name, manufacturer_name: brand, category_name: category, price_amount: price } = JSON.parse(embedded.dataset.product);
  styk('track', 'view_item', { ...fields(), value: price, items: [{ id, name, brand, category, price }] });
}
if (page === 'cart') styk('track', 'view_cart', { ...fields(), value: shop.cart?.totals?.total?.amount });
if (page === 'checkout') styk('track', 'begin_checkout', { ...fields(), value: shop.cart?.totals?.total?.amount });
