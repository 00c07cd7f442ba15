/** GA4's e-commerce vocabulary. */

/** The signals taken from a dataLayer. Everything else that shops push there is left alone. */
export const COMMERCE_NAME =
  /^((view|select|add|remove|begin)_\w+|purchase|refund|search|login)$/;

/** The parameters taken from a dataLayer; a customer's e-mail in the same message is not one. */
const PARAMETER =
  /^((cart|transaction)_id|(item_list|promotion)_(id|name)|currency|value|items|coupon|shipping(_tier)?|tax|payment_type|search_term)$/;

// In GA4's words or the older ones, `item_id` or `id`; the server knows both.
const ITEM_FIELD = /^(item_)?(id|name|brand|category|variant|price|quantity)$/;

const pick = (given, fitting) => Object.fromEntries(Object.entries(given || {}).filter(([name]) => fitting.test(name)));

/**
 * What may be taken from parameters. Amounts stay as they are written; the server reads them.
 *
 * @param {object} given
 * @returns {Record<string, any>}
 */
export function pickParameters(given) {
  const { items, ...params } = pick(given, PARAMETER);
  if (items?.map) params.items = items.map((item) => pick(item, ITEM_FIELD));
  return params;
}
