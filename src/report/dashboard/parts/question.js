// The funnel's own part of the question: split by what, how long to convert, counting whom.
// Every choice is handed up as a changed question; the address keeps it.

import { html } from "../html.js";
import { BREAKDOWNS, UNITS, WINDOWS } from "../funnel-question.js";
import { spanText, text } from "../strings/index.js";
import { Choice } from "./fields.js";

export function Question({ question, onChange }) {
  const words = text.controls;
  const windows = WINDOWS.includes(question.windowSeconds) ? WINDOWS : [...WINDOWS, question.windowSeconds];
  return html`
    <div class="controls" role="group" aria-label=${words.heading}>
      <${Choice} label=${words.breakdown} value=${question.breakdown}
        options=${BREAKDOWNS.map((value) => ({ value, label: words.breakdowns[value] }))}
        onChoose=${(breakdown) => onChange({ ...question, breakdown })} />
      <${Choice} label=${words.window} value=${String(question.windowSeconds)}
        options=${windows.map((seconds) => ({ value: String(seconds), label: spanText(seconds) }))}
        onChoose=${(seconds) => onChange({ ...question, windowSeconds: Number(seconds) })} />
      <${Choice} label=${words.unit} value=${question.unit}
        options=${UNITS.map((value) => ({ value, label: text.units[value].noun }))}
        onChoose=${(unit) => onChange({ ...question, unit })} />
    </div>
  `;
}
