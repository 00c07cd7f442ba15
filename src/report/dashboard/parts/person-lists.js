// A person's carts and orders, the newest first. A cart leads to its own history.

import { html } from "../html.js";
import { Link } from "../navigation.js";
import { LISTED } from "../person-question.js";
import { screenAddress } from "../scope.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { cartWorth } from "./money.js";
import { Name, Touchpoint } from "./name.js";
import { SaveTable } from "./saving.js";

export function PersonCarts({ answer, site }) {
  const words = text.visitors.carts;
  const rows = answer.carts.slice(0, LISTED).map((cart) => html`<${CartRow} key=${cart.cart} cart=${cart} site=${site} />`);
  return html`<${Listed} words=${words} columns=${["cart", "state", "value"]} rows=${rows} total=${answer.carts_total} />`;
}

export function PersonOrders({ answer, site }) {
  const words = text.visitors.orders;
  const rows = answer.orders.slice(0, LISTED).map((order, index) => html`<${OrderRow} key=${index} order=${order} site=${site} />`);
  return html`<${Listed} words=${words} columns=${["order", "value", "where"]} rows=${rows} total=${answer.orders_total} />`;
}

const NUMBERS = ["value"];

// Nobody needs a table that says there is nothing.
function Listed({ words, columns, rows, total }) {
  if (total === 0) {
    return null;
  }
  return html`
    <section class="card">
      <div class="card-head"><h2>${words.heading}</h2><${SaveTable} what=${words.heading} /></div>
      <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
        <table>
          <caption class="unseen">${words.heading}</caption>
          <thead><tr>${columns.map((name) => html`<th key=${name} scope="col" class=${NUMBERS.includes(name) ? "number" : ""}>${words.columns[name]}</th>`)}</tr></thead>
          <tbody>${rows}</tbody>
        </table>
      </div>
      ${rows.length < total && html`<p class="quiet method">${fillText(words.newest, { shown: format.count(rows.length), all: format.count(total) })}</p>`}
    </section>
  `;
}

function CartRow({ cart, site }) {
  const said = cart.cart_id ?? cart.cart;
  return html`
    <tr>
      <th scope="row" data-value=${said}><${Link} class="person-link" href=${screenAddress(site.key, "abandonment", null, `cart=${cart.cart}`)}><${Name} of=${said} /><//>
        <span class="note quiet">${format.instant(cart.opened_at, site.time_zone)}</span></th>
      <td>${text.abandonment.list.states[cart.state]}</td>
      <td class="number">${cartWorth(cart)}</td>
    </tr>
  `;
}

function OrderRow({ order, site }) {
  const value = order.currency ? format.money(order.net_minor, order.currency) : "–";
  return html`
    <tr>
      <th scope="row" data-value=${order.transaction_id ?? order.at}>${order.transaction_id ? html`<${Name} of=${order.transaction_id} />` : text.visitors.orders.nameless}
        <span class="note quiet">${format.instant(order.at, site.time_zone)}</span></th>
      <td class="number">${value}</td>
      <td data-key=${order.touchpoint ?? undefined}>${order.touchpoint ? html`<${Touchpoint} of=${order.touchpoint} />` : "–"}</td>
    </tr>
  `;
}
