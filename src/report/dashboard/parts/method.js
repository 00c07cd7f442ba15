// How the numbers were made, in plain words, and how fresh they are.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, spanText, text } from "../strings/index.js";

/** `question` is the one that was answered; the answer's own `method` wins wherever it speaks. */
export function Method({ answer, question, timeZone }) {
  const method = answer.method ?? {};
  const zone = method.time_zone ?? timeZone;
  const sentences = [
    fillText(text.method.counted, { each: text.units[method.unit ?? question.unit]?.each ?? method.unit }),
    text.method.order[method.order] ?? text.method.order.sequential,
    fillText(text.method.window, { window: spanText(method.window_seconds ?? question.windowSeconds) }),
    fillText(text.method.entered, { period: format.period(question), time_zone: zone }),
  ];
  if (answer.steps.some((step) => step.in_progress > 0)) {
    sentences.push(text.method.underway);
  }
  return html`
    <p class="quiet method">
      ${sentences.join(" ")}
      ${typeof method.ties === "string" && html` <bdi>${sentence(method.ties)}</bdi>`}
      ${answer.data_through && ` ${fillText(text.fresh, { at: format.instant(answer.data_through, zone) })}`}
    </p>
  `;
}

// The server's rule as it comes, with the capital and the full stop of a sentence.
const sentence = (words) => `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;
