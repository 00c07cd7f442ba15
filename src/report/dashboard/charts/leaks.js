// Touchpoints as lying bars, the biggest leak first. Each bar is a button that shows where the others went.

import { html } from "../html.js";
import { measureOf, moneyText, unitsOf } from "../leaving.js";
import { Touchpoint } from "../parts/name.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { HATCHED } from "./patterns.js";

// What is left out is small, and stands in the table below.
const SHOWN = 8;

export function Leaks({ answer, currency, chosen, onChoose }) {
  const rows = answer.touchpoints.slice(0, SHOWN);
  const { of, most } = measureOf(rows, currency);
  return html`
    <ol class="leaks" data-chart>
      ${rows.map((row) => html`
        <li key=${row.touchpoint}>
          <button class="leak" aria-pressed=${row.touchpoint === chosen ? "true" : "false"} onClick=${() => onChoose(row.touchpoint)}>
            <span class="row-line">
              <span class="row-name"><${Touchpoint} of=${row.touchpoint} /></span>
              <strong class="row-number">${moneyText(row.value_at_exit_minor, currency)}</strong>
            </span>
            <svg width="100%" height="16" aria-hidden="true">
              <rect class="mark-track" width="100%" height="16" />
              <rect class="mark-edge" width=${`${(100 * of(row)) / most}%`} y="0.5" height="15" fill=${HATCHED} />
            </svg>
            <span class="quiet leak-note">${noteOf(row, answer.unit)}</span>
          </button>
        </li>
      `)}
    </ol>
  `;
}

function noteOf(row, unit) {
  const all = format.plural(text.units[unit].forms, unitsOf(row, unit));
  return fillText(text.dropoff.row, { left: format.count(row.exits), all, share: format.share(row.drop_off_rate) });
}
