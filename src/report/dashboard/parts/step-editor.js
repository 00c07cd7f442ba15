// Changing the funnel: start from a preset; choose, add, remove, move and narrow steps; and the rules of the whole.
// A step without a name yet is the editor's own: a question is asked with whole steps only.

import { useEffect, useState } from "../vendor/hooks.js";
import { STEPS_MAX, STEPS_MIN, STEP_PRESETS, sameSteps, stepOf } from "../funnel-steps.js";
import { html } from "../html.js";
import { later } from "../later.js";
import { fillText } from "../sentence.js";
import { text } from "../strings/index.js";
import { Choice, Field } from "./fields.js";
import { Rules } from "./rules-editor.js";
import { Chips } from "./scope-bar.js";
import { TargetField } from "./target-field.js";

const FilterEditor = later(() => import("./filter-editor.js"), "FilterEditor");

/** `onChange` gets a changed question. */
export function StepEditor({ site, question, onChange }) {
  const [steps, setSteps] = useState(question.steps);
  useEffect(() => setSteps(question.steps), [JSON.stringify(question.steps)]);
  const change = (changed) => {
    const whole = changed.map((step, index) => ({ ...step, optional: step.optional && 0 < index && index < changed.length - 1 }));
    setSteps(whole);
    if (STEPS_MIN <= whole.length && whole.every(({ name }) => name !== "")) {
      onChange({ ...question, steps: whole, exclude: question.exclude.filter(({ before }) => (before ?? 0) <= whole.length) });
    }
  };
  return html`
    <div class="steps-body">
      <${PresetChoice} steps=${steps} onChange=${change} />
      <ol class="step-list">
        ${steps.map((step, index) => html`<${StepLine} key=${index} site=${site} index=${index} steps=${steps} onChange=${change} />`)}
      </ol>
      ${steps.length < STEPS_MAX && html`<div class="actions"><button onClick=${() => change([...steps, stepOf("")])}>${text.steps.add}</button></div>`}
      <${Rules} site=${site} question=${question} onChange=${onChange} />
    </div>
  `;
}

function PresetChoice({ steps, onChange }) {
  const names = Object.keys(STEP_PRESETS);
  const current = names.find((name) => sameSteps(STEP_PRESETS[name], steps)) ?? "custom";
  const options = names.map((value) => ({ value, label: text.steps.presets[value] }));
  if (current === "custom") {
    options.push({ value: current, label: text.steps.custom });
  }
  return html`<${Choice} label=${text.steps.preset} value=${current} options=${options} onChoose=${(name) => STEP_PRESETS[name] && onChange(STEP_PRESETS[name])} />`;
}

function StepLine({ site, index, steps, onChange }) {
  const number = { n: index + 1 };
  const [open, setOpen] = useState(false);
  const move = (to) => onChange(steps.with(index, steps[to]).with(to, steps[index]));
  const set = (changes) => onChange(steps.with(index, { ...steps[index], ...changes }));
  return html`
    <li>
      <${TargetField} site=${site} label=${fillText(text.steps.nth, number)} target=${steps[index]} onChange=${set} />
      <div class="step-buttons">
        <button aria-expanded=${open ? "true" : "false"} aria-label=${fillText(text.steps.more_label, number)} onClick=${() => setOpen(!open)}>${text.steps.more}</button>
        <button disabled=${index === 0} aria-label=${fillText(text.steps.up_label, number)} onClick=${() => move(index - 1)}>${text.steps.up}</button>
        <button disabled=${index === steps.length - 1} aria-label=${fillText(text.steps.down_label, number)} onClick=${() => move(index + 1)}>${text.steps.down}</button>
        <button disabled=${steps.length <= STEPS_MIN} aria-label=${fillText(text.steps.remove_label, number)} onClick=${() => onChange(steps.toSpliced(index, 1))}>${text.steps.remove}</button>
      </div>
      ${open && html`<${StepDetails} site=${site} step=${steps[index]} inner=${0 < index && index < steps.length - 1} onChange=${set} />`}
      ${!open && steps[index].where.length > 0 && html`<${Chips} where=${steps[index].where} onChange=${(where) => set({ where })} />`}
    </li>
  `;
}

function StepDetails({ site, step, inner, onChange }) {
  const words = text.steps;
  const [label, setLabel] = useState(step.label);
  const [adding, setAdding] = useState(false);
  const add = (filter) => {
    setAdding(false);
    onChange({ where: [...step.where, filter] });
  };
  return html`
    <div class="step-details">
      <${Field} label=${words.own_name} maxlength="200" value=${label} onText=${setLabel} onChange=${() => onChange({ label: label.trim() })} />
      ${inner &&
      html`<label class="check"><input type="checkbox" checked=${step.optional} onChange=${(tick) => onChange({ optional: tick.currentTarget.checked })} />${words.optional}</label>`}
      <button aria-expanded=${adding ? "true" : "false"} onClick=${() => setAdding(!adding)}>${adding ? text.scope.close : words.add_filter}</button>
      ${adding && html`<${FilterEditor} site=${site} onAdd=${add} onClose=${() => setAdding(false)} />`}
      ${step.where.length > 0 && html`<${Chips} where=${step.where} onChange=${(where) => onChange({ where })} />`}
    </div>
  `;
}
