// The funnel's own part of the question: split by what, how long to convert, counting whom, in which order, over time.
// Every choice is handed up as a changed question; the address keeps it.

import { html } from "../html.js";
import { BREAKDOWNS, ORDERS, TRENDS, UNITS, WINDOWS } from "../funnel-question.js";
import { fieldLabel, spanText, text } from "../strings/index.js";
import { Choice } from "./fields.js";

export function Question({ question, onChange }) {
  const words = text.controls;
  const windows = WINDOWS.includes(question.windowSeconds) ? WINDOWS : [...WINDOWS, question.windowSeconds];
  const choose = (name) => (value) => onChange({ ...question, [name]: value });
  return html`
    <div class="controls" role="group" aria-label=${words.heading}>
      <${Choice} label=${words.breakdown} value=${question.breakdown} onChoose=${choose("breakdown")}
        options=${BREAKDOWNS.map((value) => ({ value, label: value === BREAKDOWNS[0] ? words.no_breakdown : fieldLabel(value) }))} />
      <${Choice} label=${words.window} value=${String(question.windowSeconds)}
        options=${windows.map((seconds) => ({ value: String(seconds), label: spanText(seconds) }))}
        onChoose=${(seconds) => onChange({ ...question, windowSeconds: Number(seconds) })} />
      <${Choice} label=${words.unit} value=${question.unit} onChoose=${choose("unit")}
        options=${UNITS.map((value) => ({ value, label: text.units[value].noun }))} />
      <${Choice} label=${words.order} value=${question.order}
        onChoose=${(order) => onChange({ ...question, order, exclude: order === "any" ? everywhere(question.exclude) : question.exclude })}
        options=${ORDERS.map((value) => ({ value, label: words.orders[value] }))} />
      <${Choice} label=${words.trend} value=${question.trend} onChoose=${choose("trend")}
        options=${TRENDS.map((value) => ({ value, label: words.trends[value] }))} />
    </div>
  `;
}

// In any order there is no "between two steps".
const everywhere = (exclude) => exclude.map((exclusion) => ({ ...exclusion, after: null, before: null }));
