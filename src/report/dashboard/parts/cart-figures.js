// The five numbers of the carts to read first.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, spanText, text } from "../strings/index.js";
import { Change } from "./change.js";
import { Figure } from "./figure.js";

/** `onCarts` shows the carts that can be won back, to those who may see them. */
export function CartFigures({ answer, currency, onCarts }) {
  const words = text.abandonment.figures;
  const { total, compare, method } = answer;
  const amount = (figures, name) => figures[`value_${name}_minor`][currency] ?? 0;
  const money = (name) => format.money(amount(total, name), currency);
  const moved = (name, good) => compare && html`<${Change} now=${amount(total, name)} before=${amount(compare.total, name)} good=${good} />`;
  const rate = (name, p) =>
    compare && html`<${Change} as="share" good="down" sure=${p !== null && p < 0.05} now=${total[name]} before=${compare.total[name]} />`;
  const of = (words_of, part, base) => fillText(words_of, { part: format.count(part), base: format.count(base) });
  return html`
    <dl class="card figures five" aria-label=${words.heading}>
      <${Figure} name=${words.lost} value=${money("lost")} change=${moved("lost", "down")} note=${format.plural(words.lost_note, total.abandoned + total.expired)} />
      <${Figure} name=${words.recoverable} value=${money("recoverable")} change=${moved("recoverable", null)}
        note=${html`${fillText(words.recoverable_note, { days: spanText(method.cart_expires_after_seconds) })} ${onCarts && html`<button class="link" onClick=${onCarts}>${words.show}</button>`}`} />
      <${Figure} name=${words.recovered} value=${money("recovered")} change=${moved("recovered", "up")} note=${format.plural(words.recovered_note, total.recovered)} />
      <${Figure} name=${words.cart_rate} value=${format.share(total.cart_abandonment_rate)} change=${rate("cart_abandonment_rate", compare?.cart_p_value)}
        note=${of(words.cart_rate_note, total.ever_abandoned, total.opened)} />
      <${Figure} name=${words.checkout_rate} value=${format.share(total.checkout_abandonment_rate)} change=${rate("checkout_abandonment_rate", compare?.checkout_p_value)}
        note=${of(words.checkout_rate_note, total.checkouts_abandoned, total.checkouts)} />
    </dl>
  `;
}
