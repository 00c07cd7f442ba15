// The chart's twin: every number of every touchpoint.

import { html } from "../html.js";
import { moneyText, unitsOf } from "../leaving.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { Change } from "./change.js";
import { Touchpoint } from "./name.js";
import { SaveTable } from "./saving.js";

export function TouchpointTable({ answer, currency, onChoose }) {
  const words = text.dropoff.table;
  const { unit, touchpoints, touchpoints_total: all, compare } = answer;
  const headings = [words.value, text.units[unit].noun, words.left, words.rate, words.converted, words.in_progress];
  if (compare) {
    headings.push(words.change);
  }
  return html`
    <section class="card">
      <div class="card-head"><h2>${words.heading}</h2><${SaveTable} what=${words.heading} /></div>
      <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
        <table>
          <caption class="unseen">${words.caption}</caption>
          <thead>
            <tr>
              <th scope="col">${words.touchpoint}</th>
              ${headings.map((heading) => html`<th key=${heading} scope="col" class="number">${heading}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${touchpoints.map((row, index) => html`<${Row} key=${row.touchpoint} row=${row} unit=${unit} currency=${currency} before=${compare?.touchpoints[index]} onChoose=${onChoose} />`)}
          </tbody>
        </table>
      </div>
      ${touchpoints.length < all && html`<p class="quiet">${fillText(words.more, { shown: format.count(touchpoints.length), all: format.count(all) })}</p>`}
    </section>
  `;
}

function Row({ row, unit, currency, before, onChoose }) {
  const sure = before?.p_value !== null && before?.p_value < 0.05;
  const cells = [
    moneyText(row.value_at_exit_minor, currency),
    format.count(unitsOf(row, unit)),
    format.count(row.exits),
    format.share(row.drop_off_rate),
    format.share(row.conversion_rate),
    format.count(row.in_progress),
  ];
  if (before) {
    cells.push(html`<${Change} as="share" good="down" sure=${sure} now=${row.drop_off_rate} before=${before.drop_off_rate} />`);
  }
  return html`
    <tr>
      <th scope="row" data-key=${row.touchpoint}><button class="link-like" onClick=${() => onChoose(row.touchpoint)}><${Touchpoint} of=${row.touchpoint} /></button></th>
      ${cells.map((cell, index) => html`<td key=${index} class="number">${cell}</td>`)}
    </tr>
  `;
}
