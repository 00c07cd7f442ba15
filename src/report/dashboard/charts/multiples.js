// A breakdown over time: a small line a value, each on a scale of its own, since it is read against what is usual for it;
// the days that stand out are marked and named. And the same as a table.

import { outstanding, sortRows } from "../findings.js";
import { html } from "../html.js";
import { daysText, shortDay } from "../parts/fell.js";
import { Value } from "../parts/name.js";
import { SavePicture, SaveTable } from "../parts/saving.js";
import { fillText } from "../sentence.js";
import { format, text, valueLabel } from "../strings/index.js";

const HEIGHT = 72;
const TOP = 6;

/** `rows` are those of a breakdown, each with its trend. */
export function Multiples({ rows, field, sort, label }) {
  const words = text.multiples;
  const heading = fillText(words.heading, { field: label });
  const sorted = sortRows(rows, sort);
  return html`
    <section class="card">
      <div class="card-head"><h2>${heading}</h2><${SavePicture} what=${heading} /><${SaveTable} what=${heading} /></div>
      <p class="quiet lead">${words.lead}</p>
      <ul class="multiples" data-chart>
        ${sorted.map((row) => html`<${Multiple} key=${row.value} row=${row} field=${field} />`)}
      </ul>
      <details class="twin">
        <summary>${text.trend.table}</summary>
        <${Twin} rows=${sorted} field=${field} heading=${heading} />
      </details>
    </section>
  `;
}

function Multiple({ row, field }) {
  const words = text.multiples;
  const { low, high } = outstanding(row);
  const rate = format.share(row.conversion.rate);
  return html`
    <li>
      <div class="row-line"><span class="row-name"><${Value} field=${field} of=${row.value} /></span><strong class="row-number">${rate}</strong></div>
      <${Line} trend=${row.trend} low=${low} label=${fillText(words.label, { value: valueLabel(field, row.value), rate })} />
      <div class="trend-ends"><span>${shortDay(row.trend[0])}</span><span>${row.trend.length > 1 && shortDay(row.trend.at(-1))}</span></div>
      ${low.length > 0 && html`<p class="fell">${fillText(words.low, { days: daysText(low) })}</p>`}
      ${high.length > 0 && html`<p class="quiet">${fillText(words.high, { days: daysText(high) })}</p>`}
    </li>
  `;
}

function Line({ trend, low, label }) {
  const most = Math.max(...trend.map(({ rate }) => rate ?? 0)) || 1;
  const spots = trend.map((bucket, index) => ({
    bucket,
    x: trend.length === 1 ? 50 : (100 * index) / (trend.length - 1),
    y: TOP + (HEIGHT - TOP) * (1 - (bucket.rate ?? 0) / most),
  }));
  const pieces = spots.slice(1).map((to, index) => ({ from: spots[index], to })).filter(({ from, to }) => from.bucket.rate !== null && to.bucket.rate !== null);
  const joined = new Set(pieces.flatMap(({ from, to }) => [from, to]));
  return html`
    <svg width="100%" height=${HEIGHT} role="img" aria-label=${label}>
      <line class="axis" x1="0" x2="100%" y1=${HEIGHT - 0.5} y2=${HEIGHT - 0.5} />
      ${pieces.map(({ from, to }) => html`
        <line key=${to.bucket.from} class=${`line ${from.bucket.complete && to.bucket.complete ? "" : "incomplete"}`}
          x1=${`${from.x}%`} x2=${`${to.x}%`} y1=${from.y} y2=${to.y} />
      `)}
      ${spots.map((spot) => html`
        <g key=${spot.bucket.from}>
          <title>${tipOf(spot.bucket)}</title>
          <rect class="hover-area" x=${`${spot.x - 50 / trend.length}%`} y="0" width=${`${100 / trend.length}%`} height=${HEIGHT} />
          ${spot.bucket.rate !== null && !joined.has(spot) && html`<circle class="spot" cx=${`${spot.x}%`} cy=${spot.y} r="2" />`}
          ${low.includes(spot.bucket) && html`<circle class="spot-low" cx=${`${spot.x}%`} cy=${spot.y} r="4" />`}
        </g>
      `)}
    </svg>
  `;
}

function Twin({ rows, field, heading }) {
  const words = text.multiples;
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${fillText(words.scroll, { heading })}>
      <table>
        <caption class="unseen">${heading}</caption>
        <thead><tr><th scope="col">${text.trend.from}</th>${rows.map(({ value }) => html`<th key=${value} scope="col" class="number"><${Value} field=${field} of=${value} /></th>`)}</tr></thead>
        <tbody>
          ${rows[0].trend.map((bucket, index) => html`
            <tr key=${bucket.from}>
              <th scope="row" data-value=${bucket.from}><bdi>${format.instantDay(bucket.from)}</bdi>${!bucket.complete && html` <span class="quiet">${text.trend.incomplete}</span>`}</th>
              ${rows.map(({ value, trend }) => html`
                <td key=${value} class="number" data-value=${trend[index].rate ?? ""}>${format.share(trend[index].rate)} <span class="quiet">${fillText(words.of, { converted: format.count(trend[index].converted), entered: format.count(trend[index].entered) })}</span></td>
              `)}
            </tr>
          `)}
        </tbody>
      </table>
    </div>
  `;
}

const tipOf = ({ from, rate, converted, entered }) =>
  fillText(text.trend.tip, { day: format.instantDay(from), rate: format.share(rate), converted: format.count(converted), entered: format.count(entered) });
