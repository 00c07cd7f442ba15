// What happened to one cart, in order, and what is in it.

import { useEffect, useRef } from "../vendor/hooks.js";
import { askCarts } from "../api.js";
import { html } from "../html.js";
import { fill, fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { Answer } from "./answer.js";
import { useAnswer } from "./ask.js";
import { amountsText } from "./money.js";
import { Touchpoint } from "./name.js";
import { PersonLink } from "./person-link.js";
import { SaveTable } from "./saving.js";

export function CartHistory({ site, cart, onClose }) {
  const words = text.abandonment.one;
  const heading = useRef(null);
  const report = useAnswer((asked, signal) => askCarts(site.key, asked, signal), { cart });
  // Whoever opened it wants to read it; Escape leads back.
  useEffect(() => heading.current.focus(), []);
  const gone = report.error?.status === 404;
  return html`
    <section class="card cart-history" onKeyDown=${(press) => press.key === "Escape" && onClose()}>
      <div class="card-head">
        <h2 tabindex="-1" ref=${heading}>${words.heading}</h2>
        ${report.answer && html`<${SaveTable} what=${words.heading} />`}
        <button onClick=${onClose}>${words.close}</button>
      </div>
      ${gone
        ? html`<p>${words.gone}</p>`
        : html`<${Answer} report=${report} skeleton=${html`<p class="quiet" role="status">${text.loading}</p>`}>
            ${(answer) => html`<${History} cart=${answer.carts[0]} site=${site} />`}
          <//>`}
    </section>
  `;
}

function History({ cart, site }) {
  const words = text.abandonment.one;
  const facts = {
    state: text.abandonment.list.states[cart.state],
    opened: format.instant(cart.opened_at, site.time_zone),
    value: amountsText(cart.value_minor),
  };
  return html`
    <p>${fillText(words.facts, facts)} ${cart.visitor && fill(words.whose, { person: html`<${PersonLink} site=${site} whom=${cart} />` })}</p>
    ${cart.items.length > 0 &&
    html`
      <h3>${words.items}</h3>
      <ul class="plain">
        ${cart.items.map((item) => html`<li key=${item.product}><bdi>${fillText(words.item, { pieces: format.count(item.quantity), name: item.name ?? item.product })}</bdi></li>`)}
      </ul>
    `}
    <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
      <table>
        <caption class="unseen">${words.heading}</caption>
        <thead>
          <tr>
            ${["at", "what", "where"].map((name) => html`<th key=${name} scope="col">${words.columns[name]}</th>`)}
            ${["pieces", "value"].map((name) => html`<th key=${name} scope="col" class="number">${words.columns[name]}</th>`)}
          </tr>
        </thead>
        <tbody>${cart.history.map((entry, index) => html`<${Entry} key=${index} entry=${entry} site=${site} />`)}</tbody>
      </table>
    </div>
  `;
}

function Entry({ entry, site }) {
  return html`
    <tr>
      <th scope="row" data-value=${entry.at}>${format.instant(entry.at, site.time_zone)}</th>
      <td>${text.abandonment.one.what[entry.what] ?? entry.what}</td>
      <td data-key=${entry.touchpoint}><${Touchpoint} of=${entry.touchpoint} /></td>
      <td class="number" data-value=${entry.quantity}>${format.count(entry.quantity)}</td>
      <td class="number">${amountsText(entry.value_minor)}</td>
    </tr>
  `;
}
