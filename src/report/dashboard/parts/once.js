// A secret or a link that is shown this once: to be copied now.

import { html } from "../html.js";
import { text } from "../strings/index.js";
import { Code } from "./code.js";

export function Once({ label, code, note, onDone }) {
  return html`
    <div class="once" role="region" aria-label=${label}>
      <${Code} label=${label} code=${code} primary />
      <p class="quiet">${note}</p>
      <div class="actions"><button onClick=${onDone}>${text.sending.taken}</button></div>
    </div>
  `;
}
