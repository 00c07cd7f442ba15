/** One message of a dataLayer, as signals in GA4's words. */

import { COMMERCE_NAME, pickParameters } from './commerce.js';

// Universal Analytics' enhanced e-commerce: what an `ecommerce` object holds says what was done.
const LEGACY = {
  impressions: 'view_item_list',
  click: 'select_item',
  detail: 'view_item',
  add: 'add_to_cart',
  remove: 'remove_from_cart',
  checkout: 'begin_checkout',
  purchase: 'purchase',
  refund: 'refund',
  promoView: 'view_promotion',
  promoClick: 'select_promotion',
};

/**
 * The e-commerce signals in one pushed message, read by itself: Google's merged model joins arrays index by index, so
 * that a one-item cart would keep the items of the list before it.
 *
 * @param {any} message an object `{event, ecommerce: {…}}`, or the `arguments` of a `gtag()` call
 * @returns {[name: string, params: Record<string, any>][]}
 */
export function readMessage(message) {
  const { ecommerce } = message;
  const signals = [];
  for (const action in LEGACY) {
    const legacy = ecommerce?.[action];
    if (!legacy) continue;
    const { id, revenue, list, step, ...field } = legacy.actionField || {};
    const words = {
      currency: ecommerce.currencyCode,
      transaction_id: id,
      value: revenue,
      item_list_name: list,
      items: legacy.products || legacy,
    };
    signals.push([step > 1 ? 'checkout_stage' : LEGACY[action], pickParameters({ ...ecommerce, ...words, ...field })]);
  }
  const [kind, name, given] = message.length ? message : ['event', message.event, { ...message, ...ecommerce }];
  if (!signals[0] && kind === 'event' && COMMERCE_NAME.test(name)) signals.push([name, pickParameters(given)]);
  return signals;
}

/**
 * What the messages of one action have in common, in whichever vocabulary: the order, or the articles; what has
 * neither, everything.
 *
 * @param {string} name
 * @param {Record<string, any>} params
 * @returns {string}
 */
export function twinKey(name, params) {
  const { transaction_id: order, items } = params;
  const ids = items?.map((item) => '' + (item.item_id ?? item.id ?? item.item_name ?? item.name));
  return JSON.stringify([name, order || ids || params]);
}
