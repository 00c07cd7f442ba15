// What the manners mean, beside the chart's heading. Small: the labels in the chart say the rest.

import { html } from "../html.js";
import { text } from "../strings/index.js";
import { DOTTED, HATCHED } from "./patterns.js";

export function Legend({ steps }) {
  const underway = steps.some((step) => step.in_progress > 0);
  return html`
    <p class="legend quiet">
      <${Swatch} name="mark-reached" /> ${text.chart.reached}
      <${Swatch} name="mark-edge" fill=${HATCHED} /> ${text.chart.dropped}
      ${underway && html`<${Swatch} name="mark-edge" fill=${DOTTED} /> ${text.chart.in_progress}`}
    </p>
  `;
}

export function Swatch({ name, fill }) {
  return html`<svg width="16" height="12" aria-hidden="true"><rect class=${name} fill=${fill} x="0.5" y="0.5" width="15" height="11" /></svg>`;
}
