// What holds the place of an answer while it is asked for: the same blocks, the same sizes.

import { html } from "../html.js";
import { text } from "../strings/index.js";

export function FunnelSkeleton({ stepCount }) {
  const bars = Array.from({ length: stepCount }, (_, index) => index);
  return html`
    <div aria-hidden="true">
      <div class="card figures">${[0, 1, 2, 3].map((index) => html`<div key=${index}><span class="bone bone-name" /><span class="bone bone-figure" /><span class="bone bone-name" /></div>`)}</div>
      <div class="card skeleton-chart"><span class="bone bone-heading" /><div class="skeleton-bars">${bars.map((index) => html`<span key=${index} class="bone" />`)}</div></div>
      <div class="card"><span class="bone bone-heading" />${bars.map((index) => html`<span key=${index} class="bone bone-row" />`)}</div>
    </div>
    <p class="unseen" role="status">${text.loading}</p>
  `;
}
