// What holds the place of an answer while it is asked for: the same blocks, the same sizes.

import { html } from "../html.js";
import { text } from "../strings/index.js";

const bones = (count) => Array.from({ length: count }, (_, index) => index);

/** Four figures, a chart of so many bars (none for 0), a table of so many rows. */
export function ReportSkeleton({ bars = 6, rows = 6 }) {
  return html`
    <div aria-hidden="true">
      <div class="card figures">${bones(4).map((index) => html`<div key=${index}><span class="bone bone-name" /><span class="bone bone-figure" /><span class="bone bone-name" /></div>`)}</div>
      ${bars > 0 && html`<div class="card skeleton-chart"><span class="bone bone-heading" /><div class="skeleton-bars">${bones(bars).map((index) => html`<span key=${index} class="bone" />`)}</div></div>`}
      <div class="card"><span class="bone bone-heading" />${bones(rows).map((index) => html`<span key=${index} class="bone bone-row" />`)}</div>
    </div>
    <p class="unseen" role="status">${text.loading}</p>
  `;
}
