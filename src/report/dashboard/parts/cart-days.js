// The chart's twin: every day and every number, one click away.

import { html } from "../html.js";
import { barName } from "../charts/days.js";
import { format, text } from "../strings/index.js";
import { MoneyCell } from "./money.js";
import { NoteCell, NoteHead } from "./notes.js";
import { SaveTable } from "./saving.js";

/** `at` are the notes of each day. */
export function CartDays({ answer, currency, at }) {
  const words = text.abandonment.chart;
  const { series } = words;
  const headings = [words.opened, words.left, words.came_back, series.purchased, series.recovered, series.lost];
  return html`
    <details class="card twin">
      <summary>${words.twin}</summary>
      <div class="card-head"><${SaveTable} what=${words.heading} /></div>
      <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
        <table>
          <caption class="unseen">${words.heading}</caption>
          <thead>
            <tr>
              <th scope="col">${words.day}</th>
              ${headings.map((heading, index) => html`<th key=${heading} scope="col" class="number" data-value=${index > 2 ? `${heading} ${currency}` : heading}>${heading}</th>`)}
              <${NoteHead} at=${at} />
            </tr>
          </thead>
          <tbody>
            ${answer.days.map((day, index) => html`<${DayRow} key=${day.from} day=${day} currency=${currency}><${NoteCell} at=${at} index=${index} /><//>`)}
          </tbody>
        </table>
      </div>
    </details>
  `;
}

function DayRow({ day, currency, children }) {
  const from = day.from.slice(0, 10);
  return html`
    <tr>
      <th scope="row" data-value=${from}>${barName({ from, days: 1, complete: day.complete })}</th>
      ${["opened", "ever_abandoned", "recovered"].map((name) => html`<td key=${name} class="number" data-value=${day[name]}>${format.count(day[name])}</td>`)}
      ${["purchased", "recovered", "lost"].map((name) => html`<${MoneyCell} key=${`${name} money`} minor=${day[`value_${name}_minor`][currency] ?? 0} currency=${currency} />`)}
      ${children}
    </tr>
  `;
}
