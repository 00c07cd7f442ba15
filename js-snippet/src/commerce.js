/** GA4's e-commerce vocabulary, and its parameters as fields of a Styk event. */

import { decimal, parseNumber } from './money.js';
import { plain, text } from './text.js';

/** The signals taken from a dataLayer. Everything else that shops push there is left alone. */
export const COMMERCE_NAME =
  /^(view_(item(_list)?|cart|promotion|search_results)|select_(item|promotion)|add_to_(wishlist|cart)|remove_from_cart|begin_checkout|add_(shipping|payment)_info|purchase|refund|search|sign_up|login|generate_lead)$/;

/** The parameters taken from a dataLayer; a customer's e-mail in the same message is not one. */
export const COMMERCE_PARAMETERS =
  'currency value transaction_id cart_id items coupon shipping tax payment_type shipping_tier item_list_id item_list_name promotion_id promotion_name creative_name creative_slot search_term method'.split(
    ' ',
  );

const ITEMS_MAX = 200;
const ITEM_TEXTS = 'item_id item_name item_brand item_category item_variant coupon'.split(' ');
const FIELDS = /^(cart_id|transaction_id|touchpoint|channel)$/;
const AMOUNTS = /^(shipping|tax)$/;

function readItem(item, currency) {
  const fields = {};
  for (const name of ITEM_TEXTS) fields[name] = text(item[name]);
  for (const name of ['price', 'discount']) fields[name] = decimal(item[name], currency);
  for (const name of ['quantity', 'index']) fields[name] = parseNumber(item[name]);
  return fields;
}

/**
 * The fields of an event from a sender's parameters: GA4's names go where the wire format has a
 * place for them, every other plain value becomes a property.
 *
 * @param {Record<string, any>} [params] GA4 parameters; numbers may be text such as "19,90"
 * @returns {Record<string, any>} undefined fields are absent in JSON
 */
export function readParameters(params) {
  const { value, items, currency: code, ...others } = params || {};
  const currency = text(code, 3)?.toUpperCase();
  const fields = { value: decimal(value, currency), currency };
  if (Array.isArray(items)) {
    fields.items = items.slice(0, ITEMS_MAX).map((item) => readItem(item || {}, currency));
  }
  for (const name in others) {
    const given = others[name];
    const property = AMOUNTS.test(name) ? decimal(given, currency) : plain(given);
    if (FIELDS.test(name)) fields[name] = text(given);
    else if (property !== undefined) (fields.properties ||= {})[name] = property;
  }
  return fields;
}
