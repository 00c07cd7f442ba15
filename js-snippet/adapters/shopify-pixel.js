/**
 * Shopify's checkout, where no script of a shop may run: a custom web pixel (Settings → Customer events) that sends what
 * Shopify tells it. Paste the built file, `https://HOST` and `SITE` in it replaced.
 */

/* global analytics, init */
const HOST = 'https://HOST';
const SITE = 'SITE';

const NAMES = {
  checkout_started: 'begin_checkout',
  checkout_shipping_info_submitted: 'add_shipping_info',
  payment_info_submitted: 'add_payment_info',
  checkout_completed: 'purchase',
};

const item = ({ title, quantity, variant }) => ({
  id: variant?.sku || variant?.id,
  name: title,
  variant: variant?.title,
  brand: variant?.product?.vendor,
  price: variant?.price?.amount,
  quantity,
});

/** The address without what is after the path: a checkout's holds its key. */
const plain = ({ origin, pathname }) => origin + pathname.replace(/\/checkouts?\/.*/, '/checkout');

function send({ id, name, data, context }) {
  const { checkout } = data;
  const order = checkout.order?.id;
  const event = {
    id: order ? 'purchase ' + order : id,
    name: NAMES[name],
    age_ms: 0,
    url: plain(context.document.location),
    params: {
      cart_id: checkout.token,
      transaction_id: order,
      value: checkout.totalPrice?.amount,
      currency: checkout.currencyCode,
      tax: checkout.totalTax?.amount,
      shipping: checkout.shippingLine?.price?.amount,
      items: checkout.lineItems?.map(item),
    },
  };
  const consent = init.customerPrivacy?.analyticsProcessingAllowed === false ? 'denied' : 'cookieless';
  const body = JSON.stringify({ site: SITE, consent, language: context.navigator?.language, events: [event] });
  fetch(HOST + '/s', { method: 'POST', body, keepalive: true, credentials: 'omit' }).catch(() => {});
}

for (const name in NAMES) analytics.subscribe(name, send);
