// The chart's twin: every number of every step.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { eventLabel, format, text } from "../strings/index.js";
import { Change } from "./change.js";
import { Name } from "./name.js";
import { SaveTable } from "./saving.js";

/** `before` are the steps of the period compared with, if there is one. */
export function StepTable({ steps, unit, before }) {
  const words = text.table;
  const noun = text.units[unit].noun;
  const headings = [noun, words.from_previous, words.from_first, words.dropped, words.in_progress, words.median, words.p90];
  if (before) {
    headings.push(words.change);
  }
  return html`
    <section class="card">
      <div class="card-head"><h2>${words.heading}</h2><${SaveTable} what=${words.heading} /></div>
      <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
        <table>
          <caption class="unseen">${fillText(words.caption, { unit: noun })}</caption>
          <thead>
            <tr>
              <th scope="col">${words.step}</th>
              ${headings.map((heading) => html`<th key=${heading} scope="col" class="number">${heading}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${steps.map((step, index) => html`<${StepRow} key=${step.step} step=${step} last=${index === steps.length - 1} before=${before?.[index]} />`)}
          </tbody>
        </table>
      </div>
    </section>
  `;
}

// Nobody can drop out after the last step, nor be on the way from it.
function StepRow({ step, last, before }) {
  const times = step.seconds_from_previous;
  const cells = [
    format.count(step.reached),
    format.share(step.step_rate),
    format.share(step.conversion_rate),
    format.count(last ? null : step.drop_off),
    format.count(last ? null : step.in_progress),
    format.duration(times?.median ?? null),
    format.duration(times?.p90 ?? null),
  ];
  if (before) {
    cells.push(html`<${Change} as="share" now=${step.conversion_rate} before=${before.conversion_rate} />`);
  }
  return html`
    <tr>
      <th scope="row"><${Name} of=${eventLabel(step.label)} /></th>
      ${cells.map((cell, index) => html`<td key=${index} class="number">${cell}</td>`)}
    </tr>
  `;
}
