// How loyal people are: the numbers to read first, and how often they bought.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { Figure } from "./figure.js";
import { amountsText } from "./money.js";
import { SavePicture, SaveTable } from "./saving.js";

export function LoyaltyFigures({ loyalty, method }) {
  const words = text.retention.figures;
  const of = ({ count }, all) => fillText(words.of, { count: format.count(count), all: format.count(all) });
  return html`
    <dl class="card figures five" aria-label=${words.heading}>
      <${Figure} name=${words.returning} value=${format.share(loyalty.returning.rate)} note=${of(loyalty.returning, loyalty.people)} />
      <${Figure} name=${words.new} value=${format.count(loyalty.new)} note=${words.new_note} />
      <${Figure} name=${words.repeat} value=${format.share(loyalty.repeat_buyers.rate)} note=${of(loyalty.repeat_buyers, loyalty.buyers)} />
      <${Figure} name=${words.each} value=${amountsText(loyalty.value_each_minor)} note=${fillText(words.each_note, { orders: format.count(loyalty.orders_to_date) })} />
      <${Figure} name=${words.churned} value=${format.share(loyalty.churned.rate)}
        note=${fillText(words.churned_note, { days: format.plural(text.spans.day, method.churned_after_days) })} />
    </dl>
  `;
}

export function BoughtTimes({ loyalty }) {
  const words = text.retention.times;
  const { bought_times: times, buyers_to_date: all } = loyalty;
  return html`
    <section class="card">
      <div class="card-head"><h2>${words.heading}</h2><${SavePicture} what=${words.heading} /></div>
      ${all === 0
        ? html`<p class="quiet">${words.none}</p>`
        : html`<p class="quiet lead">${format.plural(words.lead, all)}</p><ol class="rows times" data-chart>${times.map((row) => html`<${TimesBar} key=${row.orders} row=${row} />`)}</ol><${TimesTable} times=${times} />`}
    </section>
  `;
}

const timesName = ({ orders, or_more }) => format.plural(or_more ? text.retention.times.or_more : text.retention.times.orders, orders);

function TimesBar({ row }) {
  return html`
    <li>
      <div class="row-line">
        <span class="row-name">${timesName(row)}</span>
        <span class="row-number"><strong>${format.count(row.count)}</strong> <span class="quiet">${format.share(row.rate)}</span></span>
      </div>
      <svg width="100%" height="12" aria-hidden="true">
        <rect class="mark-track" width="100%" height="12" />
        <rect class="mark-reached" width=${`${100 * row.rate}%`} height="12" />
      </svg>
    </li>
  `;
}

function TimesTable({ times }) {
  const words = text.retention.times;
  return html`
    <details class="twin">
      <summary>${words.twin}</summary>
      <${SaveTable} what=${words.heading} />
      <table>
        <caption class="unseen">${words.heading}</caption>
        <thead>
          <tr>
            <th scope="col">${words.column}</th>
            <th scope="col" class="number">${words.buyers}</th>
            <th scope="col" class="number">${words.share}</th>
          </tr>
        </thead>
        <tbody>
          ${times.map((row) => html`
            <tr key=${row.orders}>
              <th scope="row" data-value=${row.or_more ? `${row.orders}+` : row.orders}>${timesName(row)}</th>
              <td class="number" data-value=${row.count}>${format.count(row.count)}</td>
              <td class="number" data-value=${row.rate}>${format.share(row.rate)}</td>
            </tr>
          `)}
        </tbody>
      </table>
    </details>
  `;
}
