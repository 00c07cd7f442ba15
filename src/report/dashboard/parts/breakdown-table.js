// The funnel once per value of a field: one row a value, sortable, with a bar for the conversion.

import { html } from "../html.js";
import { nextSort, sortRows } from "../findings.js";
import { fillText } from "../sentence.js";
import { fieldLabel, format, text } from "../strings/index.js";
import { Name, ValueHead } from "./name.js";
import { SaveTable } from "./saving.js";
import { answeredLabel } from "./step-words.js";

const BAR_WIDTH = 80;

export function BreakdownTable({ rows, steps, field, unit, sort, onSort }) {
  const words = text.breakdown;
  const name = words.fields[field] ?? field;
  const heading = fillText(words.heading, { field: name });
  const most = Math.max(...rows.map((row) => row.conversion?.rate ?? 0));
  return html`
    <section class="card">
      <div class="card-head"><h2>${heading}</h2><${SaveTable} what=${heading} /></div>
      <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
        <table>
          <caption class="unseen">${fillText(words.caption, { field: name, unit: text.units[unit].noun })}</caption>
          <thead>
            <tr>
              <${SortHeading} column="value" label=${fieldLabel(field)} sort=${sort} onSort=${onSort} />
              <${SortHeading} column="entered" label=${words.entered} sort=${sort} onSort=${onSort} />
              ${steps.slice(1, -1).map((step) => html`<${SortHeading} key=${step.step} column=${`step${step.step}`} label=${html`<${Name} of=${answeredLabel(step)} />`} sort=${sort} onSort=${onSort} />`)}
              <${SortHeading} column="conversion" label=${words.conversion} sort=${sort} onSort=${onSort} />
            </tr>
          </thead>
          <tbody>
            ${sortRows(rows, sort).map((row) => html`<${ValueRow} key=${row.value} row=${row} field=${field} most=${most} />`)}
          </tbody>
        </table>
      </div>
    </section>
  `;
}

function SortHeading({ column, label, sort, onSort }) {
  const direction = { [column]: "ascending", [`-${column}`]: "descending" }[sort];
  return html`
    <th scope="col" class=${column === "value" ? "" : "number"} aria-sort=${direction}>
      <button class="sort" data-sorted=${direction} onClick=${() => onSort(nextSort(sort, column))}>${label}</button>
    </th>
  `;
}

function ValueRow({ row, field, most }) {
  const rate = row.conversion?.rate ?? null;
  return html`
    <tr>
      <${ValueHead} field=${field} value=${row.value} />
      <td class="number">${format.count(row.steps[0].reached)}</td>
      ${row.steps.slice(1, -1).map((step) => html`<td key=${step.step} class="number">${format.share(step.conversion_rate)}</td>`)}
      <td class="number">
        <strong>${format.share(rate)}</strong>
        <svg class="mini-bar" width=${BAR_WIDTH} height="6" aria-hidden="true">
          <rect class="mark-track" width=${BAR_WIDTH} height="6" />
          <rect class="mark-reached" width=${most > 0 ? (BAR_WIDTH * (rate ?? 0)) / most : 0} height="6" />
        </svg>
      </td>
    </tr>
  `;
}
