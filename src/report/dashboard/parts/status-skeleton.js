// What holds the place of the status while it is asked for.

import { html } from "../html.js";
import { text } from "../strings/index.js";

export function StatusSkeleton() {
  const bones = (count) => Array.from({ length: count }, (_, index) => index);
  return html`
    <div aria-hidden="true">
      <div class="card figures">${bones(4).map((index) => html`<div key=${index}><span class="bone bone-name" /><span class="bone bone-figure" /><span class="bone bone-name" /></div>`)}</div>
      <div class="card"><span class="bone bone-heading" />${bones(4).map((index) => html`<span key=${index} class="bone bone-row" />`)}</div>
    </div>
    <p class="unseen" role="status">${text.loading}</p>
  `;
}
