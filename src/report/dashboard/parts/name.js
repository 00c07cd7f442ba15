// A name from outside (an event, a step, a value): text only, kept apart from the direction of the
// words around it, and breakable after its underscores so that a long one wraps where it reads best.

import { html } from "../html.js";
import { Link } from "../navigation.js";
import { touchpointLabel, valueLabel } from "../strings/index.js";

/** `title` is what a pointer that rests on it reads. */
export function Name({ of, title }) {
  const pieces = of.split(/(?<=_)/);
  return html`<bdi title=${title}>${pieces.map((piece, index) => [index > 0 && html`<wbr />`, piece])}</bdi>`;
}

/** A touchpoint by the register's name; its key is what filters and programs take. */
export function Touchpoint({ of }) {
  const name = touchpointLabel(of);
  return html`<${Name} of=${name} title=${name === of ? undefined : of} />`;
}

/** A value of a field. */
export const Value = ({ field, of }) => (field === "touchpoint" ? html`<${Touchpoint} of=${of} />` : html`<${Name} of=${valueLabel(field, of)} />`);

/** The heading of a row that tells of one value of a field; `href` leads to what is known of it. */
export function ValueHead({ field, value, href }) {
  const name = html`<${Value} field=${field} of=${value} />`;
  return html`<th scope="row" data-key=${field === "touchpoint" ? value : undefined}>${href ? html`<${Link} href=${href}>${name}<//>` : name}</th>`;
}
