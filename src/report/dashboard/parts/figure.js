// One number to read first: its name, the number, and what explains it.

import { html } from "../html.js";

export function Figure({ name, value, change, note }) {
  return html`
    <div>
      <dt class="quiet">${name}</dt>
      <dd><span class="figure">${value}</span>${change}<span class="quiet note">${note}</span></dd>
    </div>
  `;
}
