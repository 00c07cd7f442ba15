// Cohorts as a triangle: a row for each, a cell for each day, week or month after the first; the more came back, the
// darker. The number stands in each cell, so the shade says nothing that the words do not.

import { html } from "../html.js";
import { isGiven, shadeOf } from "../retention-question.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

export function Triangle({ answer, view }) {
  const words = text.retention.triangle;
  const { cohorts, total } = answer;
  const columns = Math.max(...cohorts.map(({ cells }) => cells.length));
  const shade = shadeOf(answer, view);
  const noun = text.units[view.unit].noun;
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
      <table class="triangle" data-chart>
        <caption class="unseen">${words.heading[view.returning]}</caption>
        <thead>
          <tr>
            <th scope="col">${words.first[view.cohort]}</th>
            <th scope="col" class="number">${noun}</th>
            ${Array.from({ length: columns }, (_, after) => html`<th key=${after} scope="col" class="number">${fillText(words.after[view.by], { n: format.count(after) })}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${total.length > 0 && html`<${Together} total=${total} view=${view} shade=${shade} />`}
          ${cohorts.map((cohort) => html`<${CohortRow} key=${cohort.from} cohort=${cohort} view=${view} shade=${shade} />`)}
        </tbody>
      </table>
    </div>
  `;
}

// At each distance the whole cohorts that have come that far.
function Together({ total, view, shade }) {
  const words = text.retention.triangle;
  return html`
    <tr class="together">
      <th scope="row">${words.together}</th>
      <td class="number" data-value=${total[0].size}>${format.count(total[0].size)}</td>
      ${total.map((cell) => html`<${Cell} key=${cell.after} cell=${cell} given=${isGiven(view, cell.after)} shade=${shade} tip=${fillText(words.together_tip, { count: format.count(cell.count), size: format.count(cell.size) })} />`)}
    </tr>
  `;
}

function CohortRow({ cohort, view, shade }) {
  const words = text.retention.triangle;
  const tip = ({ count, from }) =>
    fillText(words.tip, { count: format.count(count), size: format.count(cohort.size), when: unitName(from, view.by) });
  return html`
    <tr>
      <th scope="row" data-value=${cohort.from.slice(0, 10)}>${unitName(cohort.from, view.by)}${!cohort.complete && html`<span class="quiet note">${words.partial}</span>`}</th>
      <td class="number" data-value=${cohort.size}>${format.count(cohort.size)}</td>
      ${cohort.cells.map((cell) => html`<${Cell} key=${cell.after} cell=${cell} given=${isGiven(view, cell.after)} shade=${shade} tip=${tip(cell)} />`)}
    </tr>
  `;
}

function Cell({ cell, given, shade, tip }) {
  const growing = cell.complete === false;
  return html`
    <td class="number heat" title=${tip} data-value=${cell.rate ?? ""}>
      ${!given && html`<svg aria-hidden="true" width="100%" height="100%"><rect class="mark-reached" width="100%" height="100%" opacity=${shade(cell.rate)} /></svg>`}
      <span class=${`${given || cell.rate === 0 ? "quiet" : ""} ${growing ? "growing" : ""}`}>${format.share(cell.rate)}</span>
    </td>
  `;
}

/** "9 Nov" for the day or week that begins then, "November 2026" for the month. */
export const unitName = (from, by) => (by === "month" ? format.month(from.slice(0, 10)) : format.shortDay(from.slice(0, 10)));
