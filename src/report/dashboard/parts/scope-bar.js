// What all reports obey, above each of them: which days, compared or not, the filters as chips, and which visitors.

import { useEffect, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { later } from "../later.js";
import { PRESETS, addDays, isDay, presetOf, presetPeriod } from "../period.js";
import { FILTERS_MAX } from "../scope.js";
import { SEGMENT_MAX } from "../segment.js";
import { fillText } from "../sentence.js";
import { fieldLabel, text, valueLabel } from "../strings/index.js";
import { Choice, Field } from "./fields.js";

const FilterEditor = later(() => import("./filter-editor.js"), "FilterEditor");
const SegmentEditor = later(() => import("./segment-editor.js"), "SegmentEditor", "segment", "funnel");
const SegmentChips = later(() => import("./segment-chips.js"), "SegmentChips", "segment", "funnel");

/** `compares` says whether the screen's report can be compared with another period. */
export function ScopeBar({ site, scope, compares, today, onChange }) {
  const words = text.scope;
  const [preset, choosePreset] = usePreset(scope, today, onChange);
  const [adding, setAdding] = useState(null);
  const change = (changes) => onChange({ ...scope, ...changes });
  const addTo = (part) => (condition) => {
    setAdding(null);
    change({ [part]: [...scope[part], condition] });
  };
  const offer = (part, key, most) =>
    scope[part].length < most && html`<${Opener} part=${part} keys=${key} adding=${adding} onOpen=${setAdding} />`;
  return html`
    <div class="scope" role="group" aria-label=${words.heading}>
      <${Choice} label=${words.period} value=${preset} onChoose=${choosePreset} keys="p"
        options=${[...PRESETS, "custom"].map((value) => ({ value, label: words.presets[value] }))} />
      ${compares &&
      html`<label class="check">
        <input type="checkbox" data-key="c" checked=${scope.compare} onChange=${(tick) => change({ compare: tick.currentTarget.checked })} />
        ${words.compare}
      </label>`}
      ${offer("where", "f", FILTERS_MAX)}
      ${offer("segment", "v", SEGMENT_MAX)}
      ${preset === "custom" && html`<${Days} key=${`${scope.from} ${scope.to}`} scope=${scope} today=${today} onChange=${change} />`}
      ${adding === "where" && html`<${FilterEditor} site=${site} onAdd=${addTo("where")} onClose=${() => setAdding(null)} />`}
      ${adding === "segment" && html`<${SegmentEditor} site=${site} onAdd=${addTo("segment")} onClose=${() => setAdding(null)} />`}
      ${scope.where.length > 0 && html`<${Chips} where=${scope.where} onChange=${(where) => change({ where })} />`}
      ${scope.segment.length > 0 && html`<${SegmentChips} segment=${scope.segment} onChange=${(segment) => change({ segment })} />`}
    </div>
  `;
}

// Opens what adds to a part of the scope, and closes it.
function Opener({ part, keys, adding, onOpen }) {
  const open = adding === part;
  return html`<button data-key=${keys} aria-expanded=${open ? "true" : "false"} onClick=${() => onOpen(open ? null : part)}>
    ${open ? text.scope.close : text.scope.adds[part]}
  </button>`;
}

/** Conditions as chips, each with a button that takes it away unless they stay. */
export function Chips({ where, onChange }) {
  return html`
    <ul class="chips" aria-label=${text.scope.filters}>
      ${where.map((filter, index) => {
        const said = filterWords(filter);
        return html`<${Chip} key=${said} said=${said} onRemove=${onChange && (() => onChange(where.toSpliced(index, 1)))} />`;
      })}
    </ul>
  `;
}

/** One of them. */
export function Chip({ said, onRemove }) {
  return html`
    <li>
      <bdi>${said}</bdi>
      ${onRemove && html`<button aria-label=${fillText(text.scope.remove, { filter: said })} onClick=${onRemove}>×</button>`}
    </li>
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
