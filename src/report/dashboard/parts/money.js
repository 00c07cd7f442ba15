// An amount in a table: for people with its currency's sign, in a saved file as a plain number.

import { decimalsOf } from "../format.js";
import { html } from "../html.js";
import { format } from "../strings/index.js";

export function MoneyCell({ minor, currency }) {
  const decimals = decimalsOf(currency);
  const plain = (minor / 10 ** decimals).toFixed(decimals);
  return html`<td class="number" data-value=${plain}>${format.money(minor, currency)}</td>`;
}

/** What a cart is worth, as words: what was paid once it is bought, until then what is in it. */
export const cartWorth = (cart) => amountsText(cart.purchased_at ? cart.order_value_minor : cart.value_minor);

/** All amounts of { EUR: 1990 }, as words; "–" for none. */
export function amountsText(amounts) {
  const said = Object.entries(amounts).map(([currency, minor]) => format.money(minor, currency));
  return said.length === 0 ? "–" : said.join(" + ");
}
