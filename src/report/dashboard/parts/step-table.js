// The chart's twin: every number of every step.

import { NOTHING } from "../format.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { Change } from "./change.js";
import { Name } from "./name.js";
import { SaveTable } from "./saving.js";
import { answeredLabel } from "./step-words.js";

// A change that chance would bring less often than this is told in colour.
const SURE_BELOW = 0.05;

/**
 * `compare` is the period compared with, if there is one. `onBar` gets { step, outcome } where a number of people is
 * asked who they are. `aloneAt` has the address at which each step is alone; the first has none.
 */
export function StepTable({ steps, unit, compare, onBar, aloneAt }) {
  const words = text.table;
  const noun = text.units[unit].noun;
  const excluding = steps.some(({ excluded }) => excluded > 0);
  const headings = [noun, words.from_previous, words.from_first, words.dropped, words.in_progress];
  headings.push(...(excluding ? [words.excluded] : []), words.median, words.p90);
  if (compare) {
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
            ${steps.map((step, index) => html`<${StepRow} key=${step.step} step=${step} before=${steps[index - 1]} last=${index === steps.length - 1} excluding=${excluding} compare=${compare} onBar=${onBar} alone=${aloneAt?.[index]} />`)}
          </tbody>
        </table>
      </div>
      ${aloneAt && html`<p class="quiet method">${words.alone_hint}</p>`}
    </section>
  `;
}

// Nobody can drop out after the last step, nor be on the way from it.
function StepRow({ step, before: previous, last, excluding, compare, onBar, alone }) {
  const times = step.seconds_from_previous;
  const people = (outcome, count) => html`<${Count} bar=${{ step: step.step, outcome }} label=${answeredLabel(step)} count=${count} onBar=${onBar} />`;
  const cells = [
    people("reached", step.reached),
    alone ? html`<${Alone} href=${alone} previous=${previous} step=${step} />` : format.share(step.step_rate),
    format.share(step.conversion_rate),
    people("dropped", last ? null : step.drop_off),
    people("in_progress", last ? null : step.in_progress),
    ...(excluding ? [people("excluded", last ? null : step.excluded)] : []),
    format.duration(times?.median ?? null),
    format.duration(times?.p90 ?? null),
  ];
  const before = compare?.steps[step.step - 1];
  if (before && 1 < step.step && Number.isFinite(step.conversion_rate) && Number.isFinite(before.conversion_rate)) {
    const p = compare.p_values?.[step.step - 1] ?? null;
    const sure = p !== null && p < SURE_BELOW;
    cells.push(html`<${Change} as="share" now=${step.conversion_rate} before=${before.conversion_rate} good="up" sure=${sure} />`);
  } else if (compare) {
    cells.push(NOTHING);
  }
  return html`
    <tr>
      <th scope="row" data-key=${step.touchpoint}><${Name} of=${answeredLabel(step)} title=${step.touchpoint} /></th>
      ${cells.map((cell, index) => html`<td key=${index} class="number">${cell}</td>`)}
    </tr>
  `;
}

function Alone({ href, previous, step }) {
  const label = fillText(text.table.alone, { from: answeredLabel(previous), to: answeredLabel(step) });
  return html`<${Link} class="who" aria-label=${`${format.share(step.step_rate)}: ${label}`} title=${label} href=${href}>${format.share(step.step_rate)}<//>`;
}

// A number of people is a button that asks who they are.
function Count({ bar, label, count, onBar }) {
  if (!onBar || !count) {
    return format.count(count);
  }
  const words = fillText(text.people[bar.outcome], { step: label, people: format.count(count) });
  return html`<button class="who" aria-label=${words} onClick=${() => onBar(bar)}>${format.count(count)}</button>`;
}
