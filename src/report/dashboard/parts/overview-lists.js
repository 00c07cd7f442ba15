// Where most visitors were, and which of it sold.

import { html } from "../html.js";
import { LISTS, amountOf } from "../overview-question.js";
import { fieldLabel, format, text, valueLabel } from "../strings/index.js";
import { Segments } from "./fields.js";
import { Name } from "./name.js";
import { SaveTable } from "./saving.js";

export function OverviewLists({ top, currency, by, onBy }) {
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
              <th scope="col" class="number">${words.revenue}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => html`<${ListRow} key=${row.value} by=${by} row=${row} currency=${currency} />`)}
          </tbody>
        </table>
      </div>
      <p class="quiet method">${["page", "touchpoint"].includes(by) ? words.overlap : words.sessions}</p>
    </section>
  `;
}

function ListRow({ by, row, currency }) {
  const net = amountOf(row.net_minor, currency);
  return html`
    <tr>
      <th scope="row"><${Name} of=${valueLabel(by, row.value)} /></th>
      <td class="number" data-value=${row.visitors}>${format.count(row.visitors)}</td>
      <td class="number" data-value=${row.orders}>${format.count(row.orders)}</td>
      <td class="number" data-value=${net}>${format.money(net, currency)}</td>
    </tr>
  `;
}
