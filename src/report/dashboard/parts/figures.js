// The four numbers to read first.

import { html } from "../html.js";
import { fill } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { Change } from "./change.js";
import { Figure } from "./figure.js";
import { Name } from "./name.js";
import { answeredLabel } from "./step-words.js";

export function Figures({ answer }) {
  const { steps, conversion } = answer;
  const words = text.figures;
  const stepName = (step) => html`<${Name} of=${answeredLabel(step)} />`;
  const { low, high, seconds } = conversion;
  const before = answer.compare;
  const certain = before?.p_value !== null && before?.p_value < 0.05;
  return html`
    <dl class="card figures" aria-label=${words.heading}>
      <${Figure} name=${words.entered} value=${format.count(steps[0].reached)}
        change=${before && html`<${Change} now=${steps[0].reached} before=${before.steps[0].reached} />`} note=${fill(words.entered_note, { step: stepName(steps[0]) })} />
      <${Figure} name=${words.converted} value=${format.count(steps.at(-1).reached)}
        change=${before && html`<${Change} now=${steps.at(-1).reached} before=${before.steps.at(-1).reached} />`} note=${fill(words.converted_note, { step: stepName(steps.at(-1)) })} />
      <${Figure} name=${words.conversion} value=${format.share(conversion.rate)}
        change=${before && html`<${Change} as="share" good="up" sure=${certain} now=${conversion.rate} before=${before.conversion.rate} />`}
        note=${Number.isFinite(low) && fill(words.conversion_note, { low: format.share(low), high: format.share(high) })} />
      <${Figure} name=${words.time} value=${format.duration(seconds?.median ?? null)}
        note=${seconds && fill(words.time_note, { p90: format.duration(seconds.p90) })} />
    </dl>
  `;
}
