// When the conversion of a value fell clearly below what is usual for it, in words.

import { worstFall } from "../findings.js";
import { html } from "../html.js";
import { fill, fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { Value } from "./name.js";

// More days than these make no sentence.
const NAMED = 6;

/** "Nov 13", for the beginning of a stretch of time. */
export const shortDay = ({ from }) => format.shortDay(from.slice(0, 10));

/** "Nov 13 (0%), Nov 14 (1.2%) and 3 more" */
export function daysText(buckets) {
  const named = buckets.slice(0, NAMED).map((bucket) => fillText(text.multiples.day, { day: shortDay(bucket), rate: format.share(bucket.rate) }));
  const rest = buckets.length - named.length;
  return rest > 0 ? fillText(text.multiples.more, { days: named.join(", "), n: format.count(rest) }) : named.join(", ");
}

/** The value that lost most by falling, as a sentence; nothing where none did. */
export function Fell({ rows, field }) {
  const worst = worstFall(rows);
  return worst && html`<strong class="fell">${fill(text.multiples.fell, { value: html`<${Value} field=${field} of=${worst.value} />`, days: daysText(worst.low) })}</strong>`;
}
