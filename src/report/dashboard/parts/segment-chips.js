// Which visitors the report is about, as chips, each with a button that takes it away unless they stay.

import { html } from "../html.js";
import { isOfCarts } from "../segment.js";
import { fillText } from "../sentence.js";
import { text } from "../strings/index.js";
import { Chip, filterWords } from "./scope-bar.js";
import { targetLabel } from "./step-words.js";

export function SegmentChips({ segment, onChange }) {
  const words = text.segment;
  return html`
    <div class="segment">
      <span>${words.only}</span>
      <ul class="chips" aria-label=${words.only}>
        ${segment.map((condition, index) => {
          const said = conditionWords(condition);
          return html`<${Chip} key=${said} said=${said} onRemove=${onChange && (() => onChange(segment.toSpliced(index, 1)))} />`;
        })}
      </ul>
    </div>
  `;
}

// "never did Purchase, with Device is Phone, ever"
function conditionWords({ verb, ever, fate, kind, name, where }) {
  const words = text.segment;
  const filters = (where ?? []).map(filterWords).join(words.and);
  const said = () => {
    if (isOfCarts(verb)) {
      return fillText(words.chips[verb], { fate: words.fates[fate] });
    }
    if (name === "") {
      return fillText(words.chips[`${verb}_any`], { filters });
    }
    const deed = fillText(words.deeds[kind], { name: targetLabel(kind, name) });
    return fillText(words.chips[verb], { deed: filters ? fillText(words.with, { deed, filters }) : deed });
  };
  return ever ? fillText(words.ever_chip, { condition: said() }) : said();
}
