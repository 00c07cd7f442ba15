// How the numbers were made, in plain words, and how fresh they are.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { fieldLabel, format, spanText, text } from "../strings/index.js";

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
  if (method.hold?.length > 0) {
    sentences.push(fillText(text.method.hold, { fields: method.hold.map(fieldLabel).join(", ") }));
  }
  if (method.excluded) {
    sentences.push(text.method.excluded);
  }
  if (question.where?.length > 0) {
    sentences.push(text.method.scope[method.filter_scope] ?? text.method.scope.entry);
  }
  if (method.segment) {
    sentences.push(text.segment_only);
  }
  if (answer.compare) {
    sentences.push(comparison(answer.compare));
  }
  sentences.push(method.order === "strict" ? text.method.ties.counted : text.method.ties.furthest);
  return html`
    <p class="quiet method">
      ${sentences.join(" ")}
      ${answer.data_through && ` ${fillText(text.fresh, { at: format.instant(answer.data_through, zone) })}`}
    </p>
  `;
}

// How sure it is that the conversion changed; the server says nothing below 30 entries.
function comparison({ p_value, from, to }) {
  const period = format.period({ from: from.slice(0, 10), to: to.slice(0, 10) });
  if (p_value === null) {
    return fillText(text.method.too_few, { period });
  }
  return fillText(p_value < 0.05 ? text.method.sure : text.method.chance, { period, p: p_value < 0.001 ? "<0.001" : p_value.toFixed(3) });
}
