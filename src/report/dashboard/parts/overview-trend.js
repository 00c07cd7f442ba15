// The small lines' twin: every figure of every hour, day, week or month.

import { html } from "../html.js";
import { amountOf, averageOf } from "../overview-question.js";
import { format, text } from "../strings/index.js";
import { NoteCell, NoteHead } from "./notes.js";
import { SaveTable } from "./saving.js";

/** `at` are the notes of each bucket. */
export function OverviewTrend({ trend, currency, timeZone, at }) {
  const words = text.overview.trend;
  const heading = words.headings[trend.unit];
  const columns = ["visitors", "sessions", "page_views", "orders", "conversion", "revenue", "average", "left", "recovered"];
  return html`
    <details class="card">
      <summary>${heading}</summary>
      <div class="card-head"><${SaveTable} what=${heading} /></div>
      <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
        <table>
          <caption class="unseen">${words.caption}</caption>
          <thead>
            <tr>
              <th scope="col">${words.from}</th>
              ${columns.map((column) => html`<th key=${column} scope="col" class="number">${words.columns[column]}</th>`)}
              <${NoteHead} at=${at} />
            </tr>
          </thead>
          <tbody>
            ${trend.buckets.map((bucket, index) => html`<${Bucket} key=${bucket.from} bucket=${bucket} unit=${trend.unit} currency=${currency} timeZone=${timeZone}><${NoteCell} at=${at} index=${index} /><//>`)}
          </tbody>
        </table>
      </div>
    </details>
  `;
}

function Bucket({ bucket, unit, currency, timeZone, children }) {
  const money = (minor) => ({ shown: format.money(minor ?? Number.NaN, currency), value: minor ?? "" });
  const count = (number) => ({ shown: format.count(number), value: number });
  const cells = [
    count(bucket.visitors),
    count(bucket.sessions),
    count(bucket.page_views),
    count(bucket.orders),
    { shown: format.share(bucket.conversion_rate), value: bucket.conversion_rate ?? "" },
    money(amountOf(bucket.net_minor, currency)),
    money(averageOf(bucket.average_order_value_minor, currency)),
    money(amountOf(bucket.value_left_minor, currency)),
    money(amountOf(bucket.value_recovered_minor, currency)),
  ];
  const named = unit === "hour" ? format.instant(bucket.from, timeZone) : format.day(bucket.from.slice(0, 10));
  return html`
    <tr>
      <th scope="row" data-value=${bucket.from}>${named}${!bucket.complete && html` <span class="quiet">${text.overview.trend.open}</span>`}</th>
      ${cells.map(({ shown, value }, index) => html`<td key=${index} class="number" data-value=${value}>${shown}</td>`)}
      ${children}
    </tr>
  `;
}
