// The question above the answer: which days, split by what, how long to convert, counting whom.
// Every choice is handed up as a changed question; the address keeps it.

import { useEffect, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { PRESETS, addDays, isDay, presetOf, presetPeriod } from "../period.js";
import { BREAKDOWNS, UNITS, WINDOWS } from "../state.js";
import { spanText, text } from "../strings/index.js";
import { Choice, Field } from "./fields.js";

export function Question({ question, today, onChange }) {
  const words = text.controls;
  const [preset, choosePreset] = usePreset(question, today, onChange);
  const windows = WINDOWS.includes(question.windowSeconds) ? WINDOWS : [...WINDOWS, question.windowSeconds];
  return html`
    <div class="controls" role="group" aria-label=${words.heading}>
      <${Choice} label=${words.period} value=${preset} onChoose=${choosePreset}
        options=${[...PRESETS, "custom"].map((value) => ({ value, label: words.presets[value] }))} />
      <${Choice} label=${words.breakdown} value=${question.breakdown}
        options=${BREAKDOWNS.map((value) => ({ value, label: words.breakdowns[value] }))}
        onChoose=${(breakdown) => onChange({ ...question, breakdown })} />
      <${Choice} label=${words.window} value=${String(question.windowSeconds)}
        options=${windows.map((seconds) => ({ value: String(seconds), label: spanText(seconds) }))}
        onChoose=${(seconds) => onChange({ ...question, windowSeconds: Number(seconds) })} />
      <${Choice} label=${words.unit} value=${question.unit}
        options=${UNITS.map((value) => ({ value, label: text.units[value].noun }))}
        onChoose=${(unit) => onChange({ ...question, unit })} />
      ${preset === "custom" &&
      html`<${Days} key=${`${question.from} ${question.to}`} question=${question} today=${today} onChange=${onChange} />`}
    </div>
  `;
}

// The preset shown, and choosing one. "Custom…" changes no days yet: it opens their fields.
function usePreset(question, today, onChange) {
  const [chosen, setChosen] = useState(null);
  const [opened, setOpened] = useState(false);
  useEffect(() => setOpened(false), [question.from, question.to]);
  const choose = (preset) => {
    setChosen(preset);
    setOpened(preset === "custom");
    if (preset !== "custom") {
      onChange({ ...question, ...presetPeriod(preset, today) });
    }
  };
  return [opened ? "custom" : presetOf(question, today, chosen), choose];
}

// People name the last day they mean; the address and the API name the day after it.
function Days({ question, today, onChange }) {
  const [first, setFirst] = useState(question.from);
  const [last, setLast] = useState(addDays(question.to, -1));
  const submit = (submission) => {
    submission.preventDefault();
    if (isDay(first) && isDay(last)) {
      const [from, until] = [first, last].toSorted();
      onChange({ ...question, from, to: addDays(until, 1) });
    }
  };
  return html`
    <form class="days" onSubmit=${submit}>
      <${Field} label=${text.controls.first_day} type="date" min="2000-01-01" max=${today} required value=${first} onText=${setFirst} />
      <${Field} label=${text.controls.last_day} type="date" min="2000-01-01" max=${today} required value=${last} onText=${setLast} />
      <button>${text.controls.apply_days}</button>
    </form>
  `;
}
