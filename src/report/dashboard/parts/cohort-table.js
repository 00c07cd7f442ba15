// The triangle's twin: how many people stand behind each share, and what each cohort bought.

import { unitName } from "../charts/triangle.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { amountsText } from "./money.js";
import { SaveTable } from "./saving.js";

export function CohortTable({ answer, view }) {
  const words = text.retention.twin;
  const { triangle } = text.retention;
  const columns = Math.max(...answer.cohorts.map(({ cells }) => cells.length));
  const headings = [text.units[view.unit].noun, words.returned[view.returning], words.orders, words.each];
  return html`
    <details class="card twin">
      <summary>${words.summary}</summary>
      <div class="card-head"><${SaveTable} what=${words.heading} /></div>
      <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
        <table>
          <caption class="unseen">${words.heading}</caption>
          <thead>
            <tr>
              <th scope="col">${triangle.first[view.cohort]}</th>
              ${headings.map((heading) => html`<th key=${heading} scope="col" class="number">${heading}</th>`)}
              ${Array.from({ length: columns }, (_, after) => html`<th key=${after} scope="col" class="number">${fillText(triangle.after[view.by], { n: format.count(after) })}</th>`)}
            </tr>
          </thead>
          <tbody>${answer.cohorts.map((cohort) => html`<${Row} key=${cohort.from} cohort=${cohort} columns=${columns} by=${view.by} />`)}</tbody>
        </table>
      </div>
    </details>
  `;
}

function Row({ cohort, columns, by }) {
  const counts = [cohort.size, cohort.returned.count, cohort.orders];
  const cells = Array.from({ length: columns }, (_, after) => cohort.cells[after]?.count);
  const number = (count, index) => html`<td key=${index} class="number" data-value=${count ?? ""}>${count === undefined ? "" : format.count(count)}</td>`;
  return html`
    <tr>
      <th scope="row" data-value=${cohort.from.slice(0, 10)}>${unitName(cohort.from, by)}</th>
      ${counts.map(number)}
      <td class="number">${amountsText(cohort.value_each_minor)}</td>
      ${cells.map(number)}
    </tr>
  `;
}
