// What a breakdown says: the days of each value, where a trend is asked for, and its shares.

import { Multiples } from "../charts/multiples.js";
import { html } from "../html.js";
import { text } from "../strings/index.js";
import { BreakdownTable } from "./breakdown-table.js";

/** `question` is the one that was answered. */
export function Breakdown({ answer, question, sort, onSort }) {
  const { breakdown: field, unit } = question;
  const rows = answer.breakdown;
  return html`
    ${rows.some(({ trend }) => trend.length > 0) && html`<${Multiples} rows=${rows} field=${field} sort=${sort} label=${text.breakdown.fields[field] ?? field} />`}
    <${BreakdownTable} rows=${rows} steps=${answer.steps} field=${field} unit=${unit} sort=${sort} onSort=${onSort} />
  `;
}
