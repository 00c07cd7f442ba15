// How a number changed against the period before: sign, number and colour together; grey where it may be chance, or
// where neither direction is better.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

/**
 * `as` is "share" (told in points) or "count" (told as a share of what was); `good` is the better direction, "up" or
 * "down", if there is one; `sure` says that it is hardly chance.
 */
export function Change({ now, before, as = "count", good = null, sure = true }) {
  const known = Number.isFinite(now) && Number.isFinite(before);
  if (!known || (as === "count" && before === 0)) {
    return known && now > 0 && html`<span class="change">${text.change.new}</span>`;
  }
  const moved = as === "share" ? now - before : (now - before) / before;
  const size = as === "share" ? fillText(text.change.points, { n: format.points(Math.abs(moved)) }) : format.share(Math.abs(moved));
  if (now === before) {
    return html`<span class="change">${text.change.same}</span>`;
  }
  const direction = now > before ? "up" : "down";
  const colour = sure && good ? (direction === good ? "good" : "bad") : "";
  return html`<span class=${`change ${colour}`}>${fillText(text.change[direction], { change: size })}</span>`;
}
