// Which carts they are: the most valuable that can be won back first, page by page.

import { useEffect, useRef } from "../vendor/hooks.js";
import { askCarts } from "../api.js";
import { PAGE, SORTS, STATES, cartsRequest } from "../carts-question.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { Answer } from "./answer.js";
import { useAnswer } from "./ask.js";
import { cartValueLabel } from "./cart-breakdowns.js";
import { Choice } from "./fields.js";
import { cartWorth } from "./money.js";
import { Name, Touchpoint } from "./name.js";
import { PersonLink } from "./person-link.js";
import { SaveTable } from "./saving.js";

/** `heading` is the ref that takes the list's heading, for whoever leads here. */
export function CartList({ site, scope, view, heading, setOwn }) {
  const words = text.abandonment.list;
  const report = useAnswer((asked, signal) => askCarts(site.key, asked, signal), cartsRequest(scope, view));
  const options = (names, labels) => names.map((value) => ({ value, label: labels[value] }));
  const choose = (name, value, standard) => setOwn({ [name]: value === standard ? null : value, offset: null });
  const { row } = view;
  useFocusOnRow(heading, row && `${row.by}:${row.value}`);
  return html`
    <section class="card cart-list">
      <div class="card-head"><h2 tabindex="-1" ref=${heading}>${words.heading}</h2>${report.answer?.carts.length > 0 && html`<${SaveTable} what=${words.heading} />`}</div>
      <div class="controls">
        <${Choice} label=${words.which} value=${view.state} options=${options(STATES, words.states)} onChoose=${(state) => choose("state", state, STATES[0])} />
        <${Choice} label=${words.first} value=${view.sort} options=${options(SORTS, words.sorts)} onChoose=${(sort) => choose("sort", sort, SORTS[0])} />
      </div>
      ${row &&
      html`<p class="actions"><bdi>${fillText(words.filtered, { by: text.abandonment.by[row.by], value: cartValueLabel(row.by, row.value) })}</bdi>
        <button onClick=${() => setOwn({ row: null, offset: null })}>${words.every}</button></p>`}
      <${Answer} report=${report} skeleton=${html`<p class="quiet" role="status">${text.loading}</p>`} reset=${() => setOwn({ row: null, offset: null })}>
        ${(answer) => html`<${Page} answer=${answer} view=${view} site=${site} setOwn=${setOwn} />`}
      <//>
    </section>
  `;
}

// Whoever chose a row above wants to see its carts.
function useFocusOnRow(heading, row) {
  const last = useRef(row);
  useEffect(() => {
    if (row && last.current !== row) {
      heading.current.focus();
    }
    last.current = row;
  }, [row]);
}

function Page({ answer, view, site, setOwn }) {
  const words = text.abandonment.list;
  const { carts, carts_total: all, next_offset: next } = answer;
  if (carts.length === 0) {
    return html`<p class="quiet">${words.none}</p>`;
  }
  // Where only one state is listed, a column would say it again and again.
  const columns = [...(view.state === "all" ? ["state"] : []), "step", "last_touchpoint", "reason"];
  const turn = (offset) => setOwn({ offset: offset > 0 ? offset : null });
  const shown = { from: format.count(view.offset + 1), to: format.count(view.offset + carts.length), all: format.count(all) };
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
      <table>
        <caption class="unseen">${words.heading}</caption>
        <thead>
          <tr>
            <th scope="col">${words.columns.cart}</th>
            ${["value", "age"].map((name) => html`<th key=${name} scope="col" class="number">${words.columns[name]}</th>`)}
            ${["whose", ...columns].map((name) => html`<th key=${name} scope="col">${words.columns[name]}</th>`)}
          </tr>
        </thead>
        <tbody>${carts.map((cart) => html`<${Row} key=${cart.cart} cart=${cart} asOf=${answer.as_of} site=${site} stated=${columns.includes("state")} setOwn=${setOwn} />`)}</tbody>
      </table>
    </div>
    <div class="actions pages">
      <button disabled=${view.offset === 0} onClick=${() => turn(view.offset - PAGE)}>${words.before}</button>
      <span>${fillText(words.page, shown)}</span>
      <button disabled=${next === null} onClick=${() => turn(next)}>${words.next}</button>
    </div>
  `;
}

function Row({ cart, asOf, site, stated, setOwn }) {
  const words = text.abandonment;
  const said = cart.cart_id ?? cart.cart;
  // What is over does not grow older.
  const ends = cart.purchased_at ?? asOf;
  return html`
    <tr>
      <th scope="row" data-value=${said}>
        <button class="link" aria-label=${fillText(words.list.history, { cart: said })} onClick=${() => setOwn({ cart: cart.cart })}><${Name} of=${said} /></button>
        <span class="note quiet">${format.plural(words.list.pieces, cart.quantity)} · ${format.instant(cart.opened_at, site.time_zone)}</span>
      </th>
      <td class="number">${cartWorth(cart)}</td>
      <td class="number">${format.duration((Date.parse(ends) - Date.parse(cart.opened_at)) / 1000)}</td>
      <td data-value=${cart.customer ?? cart.visitor}><${PersonLink} site=${site} whom=${cart} /></td>
      ${stated && html`<td>${words.list.states[cart.state]}</td>`}
      <td>${cartValueLabel("step", cart.step)}</td>
      <td data-key=${cart.last_touchpoint}><${Touchpoint} of=${cart.last_touchpoint} /></td>
      <td>${cart.reason ? cartValueLabel("reason", cart.reason) : "–"}</td>
    </tr>
  `;
}
