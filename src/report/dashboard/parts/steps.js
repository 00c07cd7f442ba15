// The funnel's steps, told in one line, and opened to change them.

import { html } from "../html.js";
import { later } from "../later.js";
import { text } from "../strings/index.js";
import { Name } from "./name.js";
import { stepLabel } from "./step-words.js";

const StepEditor = later(() => import("./step-editor.js"), "StepEditor");

/** Whether it stands open is the screen's to know: an empty answer opens it too. */
export function Steps({ site, question, open, onOpen, onChange }) {
  return html`
    <details class="steps" open=${open} onToggle=${(toggle) => onOpen(toggle.currentTarget.open)}>
      <summary>
        <span class="quiet">${text.steps.summary}</span>
        <span class="steps-line">${question.steps.map((step, index) => html`${index > 0 && ` ${text.steps.arrow} `}<${Name} of=${stepLabel(step)} />`)}</span>
        <span class="steps-change">${text.steps.change}</span>
      </summary>
      ${open && html`<${StepEditor} site=${site} question=${question} onChange=${onChange} />`}
    </details>
  `;
}
