// A name from outside (an event, a step, a value): text only, kept apart from the direction of the
// words around it, and breakable after its underscores so that a long one wraps where it reads best.

import { html } from "../html.js";

export function Name({ of }) {
  const pieces = of.split(/(?<=_)/);
  return html`<bdi>${pieces.map((piece, index) => [index > 0 && html`<wbr />`, piece])}</bdi>`;
}
