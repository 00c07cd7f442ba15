// Where most visitors were, and which of it sold.

import { pairAddress } from "../funnel-question.js";
import { stepOf } from "../funnel-steps.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { LISTS, NO_VALUES, amountOf, fewestOrders } from "../overview-question.js";
import { screenAddress } from "../scope.js";
import { fillText } from "../sentence.js";
import { fieldLabel, format, text, valueLabel } from "../strings/index.js";
import { Segments } from "./fields.js";
import { ValueHead } from "./name.js";
import { SaveTable } from "./saving.js";

// From the first page to a purchase, told apart by what brought the visitors.
const WAY = [stepOf("page_view"), stepOf("purchase")];
const DAILY = ["channel", "campaign"];

export function OverviewLists({ site, scope, top, currency, by, onBy }) {
  const words = text.overview.lists;
  const rows = top[by];
  return html`
    <section class="card">
      <div class="card-head">
        <h2>${words.heading}</h2>
        <${Segments} label=${words.by} value=${by} onChoose=${onBy}
          options=${LISTS.map((value) => ({ value, label: fieldLabel(value) }))} />
        <${SaveTable} what=${`${words.heading} ${fieldLabel(by)}`} />
      </div>
      <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
        <table>
          <caption class="unseen">${words.caption}</caption>
          <thead>
            <tr>
              <th scope="col">${fieldLabel(by)}</th>
              <th scope="col" class="number">${text.units.visitor.noun}</th>
              <th scope="col" class="number">${words.orders}</th>
              <th scope="col" class="number">${words.rate}</th>
              <th scope="col" class="number">${words.revenue}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => html`<${ListRow} key=${row.value} by=${by} row=${row} currency=${currency} href=${narrowed(site, scope, by, row.value)} />`)}
          </tbody>
        </table>
      </div>
      <${Fewest} by=${by} row=${fewestOrders(rows)} />
      ${scope && DAILY.includes(by) && html`<p class="card-link">
        ${DAILY.map((field) => html`<${Link} key=${field} href=${pairAddress(site.key, scope, WAY, field)}>${words.daily[field]}<//>`)}
      </p>`}
      <p class="quiet method">${words.rate_note} ${["page", "touchpoint"].includes(by) ? words.overlap : words.sessions}</p>
    </section>
  `;
}

// The overview of those alone, unless that is what is shown, the row stands for several values, or nothing leads elsewhere.
function narrowed(site, scope, by, value) {
  const shown = scope?.where.some(({ field }) => field === by) ?? true;
  return shown || NO_VALUES.includes(value) ? null : screenAddress(site.key, "overview", { ...scope, where: [...scope.where, { field: by, op: "eq", values: [value] }] }, `by=${by}`);
}

// Sessions are of one channel, device and country; at pages and touchpoints everybody passes by many.
function Fewest({ by, row }) {
  if (!row || ["page", "touchpoint"].includes(by)) {
    return null;
  }
  const said = { value: valueLabel(by, row.value), rate: format.share(row.order_rate), visitors: format.plural(text.units.visitor.forms, row.visitors) };
  return html`<p class="fewest">${fillText(text.overview.lists.fewest, said)}</p>`;
}

function ListRow({ by, row, currency, href }) {
  const net = amountOf(row.net_minor, currency);
  return html`
    <tr>
      <${ValueHead} field=${by} value=${row.value} href=${href} />
      <td class="number" data-value=${row.visitors}>${format.count(row.visitors)}</td>
      <td class="number" data-value=${row.orders}>${format.count(row.orders)}</td>
      <td class="number" data-value=${row.order_rate}>${format.share(row.order_rate)}</td>
      <td class="number" data-value=${net}>${format.money(net, currency)}</td>
    </tr>
  `;
}
