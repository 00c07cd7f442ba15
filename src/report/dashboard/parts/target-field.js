// Choosing what a step is made of: an event, a touchpoint, a stage or a page, searched among those that really occur.

import { useEffect, useId, useState } from "../vendor/hooks.js";
import { fetchFieldValues } from "../api.js";
import { KINDS } from "../filters.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Choice } from "./fields.js";
import { targetLabel } from "./step-words.js";

const TYPING_MS = 250;

/** `target` is { kind, name }; `onChange` gets another one. `label` says whose it is; `kindLabel` is the kind's own. */
export function TargetField({ site, label, kindLabel, target, onChange }) {
  const words = text.steps;
  const kinds = KINDS.map((value) => ({ value, label: words.kinds[value] }));
  return html`
    <${Choice} className="step-kind" label=${kindLabel ?? fillText(words.kind, { step: label })} value=${target.kind} options=${kinds}
      onChoose=${(kind) => onChange({ kind, name: "" })} />
    <${NameField} key=${target.kind} site=${site} label=${label} target=${target} onName=${(name) => onChange({ kind: target.kind, name })} />
  `;
}

// A name counts when it is entered, not while it is typed: each letter would be another question.
function NameField({ site, label, target, onName }) {
  const { kind, name } = target;
  const [typed, setTyped] = useState(name);
  useEffect(() => setTyped(name), [name]);
  const search = useSettled(typed === name ? "" : typed, TYPING_MS);
  const { answer } = useAnswer((asked, signal) => fetchFieldValues(site.key, asked, signal), { field: kind, search });
  const values = answer?.fields[0].values ?? [];
  const [id, list, hint] = [useId(), useId(), useId()];
  const enter = () => typed.trim() !== "" && typed !== name && onName(typed.trim());
  return html`
    <div class="field step-event">
      <label for=${id}>${label}</label>
      <input id=${id} list=${list} maxlength="200" autocomplete="off" required aria-describedby=${hint} value=${typed}
        onInput=${(input) => setTyped(input.currentTarget.value)} onChange=${enter} />
      <datalist id=${list}>${values.map(({ value, events }) => html`<option key=${value} value=${value} label=${optionLabel(kind, value, events)} />`)}</datalist>
      <p class="quiet hint" id=${hint}><${Occurrence} kind=${kind} name=${name} values=${values} asked=${answer && search === ""} /></p>
    </div>
  `;
}

const optionLabel = (kind, value, events) =>
  fillText(text.steps.option, { label: targetLabel(kind, value), count: format.count(events) });

function Occurrence({ kind, name, values, asked }) {
  const found = values.find(({ value }) => value === name);
  if (found) {
    const words = { label: targetLabel(kind, name), count: format.plural(text.steps.events, found.events) };
    return fillText(text.steps.occurs, words);
  }
  if (name === "") {
    return text.steps.choose;
  }
  return name.includes("*") ? text.steps.pattern : asked ? text.steps.not_among : targetLabel(kind, name);
}

// The value once it has not changed for a while.
function useSettled(value, ms) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
