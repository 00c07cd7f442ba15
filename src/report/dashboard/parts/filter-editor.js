// Adding a filter: which field, what about it, and which of the values that really occur.

import { useId, useLayoutEffect, useRef, useState } from "../vendor/hooks.js";
import { fetchFields } from "../api.js";
import { html } from "../html.js";
import { fieldLabel, text, valueLabel } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Choice, Field } from "./fields.js";
import { errorText } from "./notice.js";

// What most filters are; an address may say more.
const OFFERED = ["eq", "ne", "contains", "starts_with"];

/** `focused` is false where it opens beside what is being chosen. */
export function FilterEditor({ site, focused = true, onAdd, onClose }) {
  const { answer, error } = useAnswer(fetchFields, site.key);
  const form = useRef(null);
  // Before it is painted, so that it takes the focus from nobody who has begun to type.
  useLayoutEffect(() => focused && form.current?.querySelector("select")?.focus(), [answer]);
  if (!answer) {
    return html`<p class="quiet filter-editor" role="status">${error ? errorText(error) : text.loading}</p>`;
  }
  // What it stands in stays open.
  const closing = (press) => press.key === "Escape" && (press.stopPropagation(), onClose());
  return html`<div class="filter-editor" ref=${form} onKeyDown=${closing}><${FilterForm} fields=${answer.fields} onAdd=${onAdd} /></div>`;
}

function FilterForm({ fields, onAdd }) {
  const words = text.scope;
  const [field, setField] = useState(fields[0].field);
  const [op, setOp] = useState(OFFERED[0]);
  const [value, setValue] = useState("");
  const list = useId();
  const values = fields.find((candidate) => candidate.field === field).values;
  const submit = (submission) => {
    submission.preventDefault();
    const known = values.find((candidate) => valueLabel(field, candidate.value) === value);
    onAdd({ field, op, values: [known?.value ?? value] });
  };
  return html`
    <form class="filter-form" onSubmit=${submit}>
      <${Choice} label=${words.field} value=${field} onChoose=${setField}
        options=${fields.map((candidate) => ({ value: candidate.field, label: fieldLabel(candidate.field) }))} />
      <${Choice} label=${words.condition} value=${op} onChoose=${setOp} options=${OFFERED.map((one) => ({ value: one, label: words.conditions[one] }))} />
      <${Field} label=${words.value} list=${list} required maxlength="200" autocomplete="off" value=${value} onText=${setValue} />
      <datalist id=${list}>${values.map((one) => html`<option key=${one.value} value=${valueLabel(field, one.value)} />`)}</datalist>
      <button class="primary">${words.submit}</button>
    </form>
  `;
}
