// The rules of the whole funnel: what all events of an attempt share, and what ends an attempt.

import { useState } from "../vendor/hooks.js";
import { HOLDS } from "../funnel-question.js";
import { EXCLUSIONS_MAX } from "../funnel-steps.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { fieldLabel, text } from "../strings/index.js";
import { Choice } from "./fields.js";
import { stepLabel, targetLabel } from "./step-words.js";
import { TargetField } from "./target-field.js";

export function Rules({ site, question, onChange }) {
  return html`
    <${Holds} hold=${question.hold} onChange=${(hold) => onChange({ ...question, hold })} />
    <${Exclusions} site=${site} question=${question} onChange=${(exclude) => onChange({ ...question, exclude })} />
  `;
}

function Holds({ hold, onChange }) {
  const toggle = (field, on) => onChange(on ? [...hold, field] : hold.filter((own) => own !== field));
  const fields = [...HOLDS, ...hold.filter((field) => !HOLDS.includes(field))];
  return html`
    <fieldset class="plain-set">
      <legend>${text.rules.hold}</legend>
      <p class="quiet hint">${text.rules.hold_lead}</p>
      <div class="actions">
        ${fields.map((field) => html`
          <label key=${field} class="check">
            <input type="checkbox" checked=${hold.includes(field)} disabled=${!hold.includes(field) && hold.length === 3}
              onChange=${(tick) => toggle(field, tick.currentTarget.checked)} />
            ${fieldLabel(field)}
          </label>
        `)}
      </div>
    </fieldset>
  `;
}

function Exclusions({ site, question, onChange }) {
  const { exclude, steps, order } = question;
  const [adding, setAdding] = useState(null);
  const add = (target) => {
    setAdding(target.name === "" ? target : null);
    if (target.name !== "") {
      onChange([...exclude, { ...target, after: null, before: null }]);
    }
  };
  return html`
    <fieldset class="plain-set">
      <legend>${text.rules.exclude}</legend>
      <p class="quiet hint">${text.rules.exclude_lead}</p>
      <ul class="step-list">
        ${exclude.map((exclusion, index) => html`
          <${ExclusionLine} key=${`${exclusion.kind} ${exclusion.name}`} exclusion=${exclusion} steps=${steps} ranged=${order !== "any"}
            onChange=${(changed) => onChange(changed ? exclude.with(index, changed) : exclude.toSpliced(index, 1))} />
        `)}
      </ul>
      ${adding && html`<div class="add-step"><${TargetField} site=${site} label=${text.rules.excluded} target=${adding} onChange=${add} /></div>`}
      ${!adding && exclude.length < EXCLUSIONS_MAX &&
      html`<div class="actions"><button onClick=${() => setAdding({ kind: "event", name: "" })}>${text.rules.add_exclusion}</button></div>`}
    </fieldset>
  `;
}

function ExclusionLine({ exclusion, steps, ranged, onChange }) {
  const name = targetLabel(exclusion.kind, exclusion.name);
  const pairs = steps.flatMap((_, after) => steps.slice(after + 1).map((_, more) => `${after + 1}-${after + 2 + more}`));
  const between = (pair) => {
    const [after, before] = pair.split("-").map((step) => stepLabel(steps[Number(step) - 1]));
    return fillText(text.rules.between, { after, before });
  };
  const options = [{ value: "", label: text.rules.everywhere }, ...pairs.map((value) => ({ value, label: between(value) }))];
  const choose = (pair) => {
    const [after, before] = pair === "" ? [null, null] : pair.split("-").map(Number);
    onChange({ ...exclusion, after, before });
  };
  return html`
    <li class="exclusion">
      <bdi class="excluded-name">${name}</bdi>
      ${ranged &&
      html`<${Choice} className="step-event" label=${fillText(text.rules.where, { event: name })} options=${options} onChoose=${choose}
        value=${exclusion.after ? `${exclusion.after}-${exclusion.before}` : ""} />`}
      <button aria-label=${fillText(text.rules.remove, { event: name })} onClick=${() => onChange(null)}>${text.steps.remove}</button>
    </li>
  `;
}
