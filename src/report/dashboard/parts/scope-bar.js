// What all reports obey, above each of them: which days, compared or not, and the filters as chips.

import { useEffect, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { later } from "../later.js";
import { PRESETS, addDays, isDay, presetOf, presetPeriod } from "../period.js";
import { FILTERS_MAX } from "../scope.js";
import { fillText } from "../sentence.js";
import { fieldLabel, text, valueLabel } from "../strings/index.js";
import { Choice, Field } from "./fields.js";

const FilterEditor = later(() => import("./filter-editor.js"), "FilterEditor");

export function ScopeBar({ site, scope, today, onChange }) {
  const words = text.scope;
  const [preset, choosePreset] = usePreset(scope, today, onChange);
  const [adding, setAdding] = useState(false);
  const change = (changes) => onChange({ ...scope, ...changes });
  const add = (filter) => {
    setAdding(false);
    change({ where: [...scope.where, filter] });
  };
  return html`
    <div class="scope" role="group" aria-label=${words.heading}>
      <${Choice} label=${words.period} value=${preset} onChoose=${choosePreset} keys="p"
        options=${[...PRESETS, "custom"].map((value) => ({ value, label: words.presets[value] }))} />
      <label class="check">
        <input type="checkbox" data-key="c" checked=${scope.compare} onChange=${(tick) => change({ compare: tick.currentTarget.checked })} />
        ${words.compare}
      </label>
      ${scope.where.length < FILTERS_MAX &&
      html`<button data-key="f" aria-expanded=${adding ? "true" : "false"} onClick=${() => setAdding(!adding)}>${adding ? words.close : words.add}</button>`}
      ${preset === "custom" && html`<${Days} key=${`${scope.from} ${scope.to}`} scope=${scope} today=${today} onChange=${change} />`}
      ${adding && html`<${FilterEditor} site=${site} onAdd=${add} onClose=${() => setAdding(false)} />`}
      ${scope.where.length > 0 && html`<${Chips} where=${scope.where} onChange=${(where) => change({ where })} />`}
    </div>
  `;
}

/** Conditions as chips, each with a button that takes it away. */
export function Chips({ where, onChange }) {
  return html`
    <ul class="chips" aria-label=${text.scope.filters}>
      ${where.map((filter, index) => {
        const said = filterWords(filter);
        return html`
          <li key=${said}>
            <bdi>${said}</bdi>
            <button aria-label=${fillText(text.scope.remove, { filter: said })} onClick=${() => onChange(where.toSpliced(index, 1))}>×</button>
          </li>
        `;
      })}
    </ul>
  `;
}

/** "Device is Phone" */
export function filterWords({ field, op, values }) {
  const value = values.map((one) => valueLabel(field, one)).join(text.scope.or);
  return fillText(text.scope.chip, { field: fieldLabel(field), condition: text.scope.conditions[op], value });
}

// The preset shown, and choosing one. "Custom…" changes no days yet: it opens their fields.
function usePreset(scope, today, onChange) {
  const [chosen, setChosen] = useState(null);
  const [opened, setOpened] = useState(false);
  useEffect(() => setOpened(false), [scope.from, scope.to]);
  const choose = (preset) => {
    setChosen(preset);
    setOpened(preset === "custom");
    if (preset !== "custom") {
      onChange({ ...scope, ...presetPeriod(preset, today) });
    }
  };
  return [opened ? "custom" : presetOf(scope, today, chosen), choose];
}

// People name the last day they mean; the address and the API name the day after it.
function Days({ scope, today, onChange }) {
  const [first, setFirst] = useState(scope.from);
  const [last, setLast] = useState(addDays(scope.to, -1));
  const submit = (submission) => {
    submission.preventDefault();
    if (isDay(first) && isDay(last)) {
      const [from, until] = [first, last].toSorted();
      onChange({ from, to: addDays(until, 1) });
    }
  };
  return html`
    <form class="days" onSubmit=${submit}>
      <${Field} label=${text.scope.first_day} type="date" min="2000-01-01" max=${today} required value=${first} onText=${setFirst} />
      <${Field} label=${text.scope.last_day} type="date" min="2000-01-01" max=${today} required value=${last} onText=${setLast} />
      <button>${text.scope.apply_days}</button>
    </form>
  `;
}
