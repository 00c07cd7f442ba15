// How a number changed against the period before: sign, number and colour together; grey where it may be chance, or
// where neither direction is better. Many times as much tells of a period that hardly had begun, not of a change that
// anybody judges by: it is told as "×41", in grey.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

const TIMES_FROM = 10;

/**
 * `as` is "share" (told in points) or "count" (told as a share of what was); `good` is the better direction, "up" or
 * "down", if there is one; `sure` says that it is hardly chance.
 */
export function Change({ now, before, as = "count", good = null, sure = true }) {
  const known = Number.isFinite(now) && Number.isFinite(before);
  if (!known || (as === "count" && before === 0)) {
    return known && now > 0 && html`<span class="change">${text.change.new}</span>`;
  }
  if (as === "count" && TIMES_FROM <= now / before) {
    return html`<span class="change">${fillText(text.change.up, { change: fillText(text.change.times, { n: format.count(now / before) }) })}</span>`;
  }
  const moved = as === "share" ? now - before : (now - before) / before;
  const points = format.points(Math.abs(moved));
  const size = as === "share" ? fillText(text.change.points, { n: points }) : format.share(Math.abs(moved));
  if (now === before || (as === "share" && points === format.points(0))) {
    return html`<span class="change">${text.change.same}</span>`;
  }
  const direction = now > before ? "up" : "down";
  const colour = sure && good ? (direction === good ? "good" : "bad") : "";
  return html`<span class=${`change ${colour}`}>${fillText(text.change[direction], { change: size })}</span>`;
}
