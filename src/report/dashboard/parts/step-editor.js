// Changing the funnel's steps: start from a preset, choose, add, remove, move.

import { useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { STEPS_MAX, STEPS_MIN, STEP_PRESETS } from "../funnel-question.js";
import { eventLabel, format, text } from "../strings/index.js";
import { Choice } from "./fields.js";

/** `events` are the site's own, { value, events } by count, or null while unknown. */
export function StepEditor({ steps, events, failed, onChange }) {
  return html`
    <div class="steps-body">
      <${PresetChoice} steps=${steps} onChange=${onChange} />
      <ol class="step-list">
        ${steps.map((event, index) => html`<${StepLine} key=${index} index=${index} steps=${steps} events=${events} onChange=${onChange} />`)}
      </ol>
      ${steps.length < STEPS_MAX && html`<${AddStep} steps=${steps} events=${events} onChange=${onChange} />`}
      ${failed && html`<p class="quiet">${text.steps.fields_failed}</p>`}
    </div>
  `;
}

function PresetChoice({ steps, onChange }) {
  const names = Object.keys(STEP_PRESETS);
  const current = names.find((name) => STEP_PRESETS[name].join() === steps.join()) ?? "custom";
  const options = names.map((value) => ({ value, label: text.steps.presets[value] }));
  if (current === "custom") {
    options.push({ value: current, label: text.steps.custom });
  }
  return html`<${Choice} label=${text.steps.preset} value=${current} options=${options} onChoose=${(name) => STEP_PRESETS[name] && onChange(STEP_PRESETS[name])} />`;
}

function StepLine({ index, steps, events, onChange }) {
  const number = { n: index + 1 };
  const move = (to) => onChange(steps.with(index, steps[to]).with(to, steps[index]));
  const swap = (event) => onChange(steps.with(index, event));
  return html`
    <li>
      <${Choice} className="step-event" label=${fillText(text.steps.nth, number)} value=${steps[index]} options=${eventOptions(events, steps[index])} onChoose=${swap} />
      <div class="step-buttons">
        <button disabled=${index === 0} aria-label=${fillText(text.steps.up_label, number)} onClick=${() => move(index - 1)}>${text.steps.up}</button>
        <button disabled=${index === steps.length - 1} aria-label=${fillText(text.steps.down_label, number)} onClick=${() => move(index + 1)}>${text.steps.down}</button>
        <button disabled=${steps.length <= STEPS_MIN} aria-label=${fillText(text.steps.remove_label, number)} onClick=${() => onChange(steps.toSpliced(index, 1))}>${text.steps.remove}</button>
      </div>
    </li>
  `;
}

// Two moves, choose and add: a select that acted at once would add a step at each arrow key.
function AddStep({ steps, events, onChange }) {
  const [picked, setPicked] = useState(null);
  const unused = events?.find(({ value }) => !steps.includes(value))?.value;
  const event = picked ?? unused ?? steps[0];
  const add = () => {
    setPicked(null);
    onChange([...steps, event]);
  };
  return html`
    <div class="add-step">
      <${Choice} className="step-event" label=${text.steps.add_label} value=${event} options=${eventOptions(events, event)} onChoose=${setPicked} />
      <button onClick=${add}>${text.steps.add}</button>
    </div>
  `;
}

function eventOptions(events, current) {
  const options = (events ?? []).map(({ value, events: count }) => ({
    value,
    label: fillText(text.steps.option, { label: eventLabel(value), count: format.count(count) }),
  }));
  if (options.some(({ value }) => value === current)) {
    return options;
  }
  const label = eventLabel(current);
  return [{ value: current, label: events ? fillText(text.steps.never_received, { event: label }) : label }, ...options];
}
