// Carts over the days: bought at once, recovered, lost, stacked. The line above names the parts and gives the numbers of
// the day that is pointed at, or that the arrow keys have gone to; else those of all days.

import { useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { SERIES, amountOf, axisEnd, barsOf, namedBars } from "./day-bars.js";
import { Swatch } from "./legend.js";
import { DOTTED, HATCHED } from "./patterns.js";

const HEIGHT = 216;
const GAP = 0.25;
const NAMES_MAX = 6;
const LOOKS = { purchased: ["mark-reached"], recovered: ["mark-edge", DOTTED], lost: ["mark-edge", HATCHED] };

/** `measure` is "value" or "carts". */
export function DaysChart({ answer, measure, currency }) {
  const [at, setAt] = useState(null);
  const bars = barsOf(answer.days, measure, currency);
  const write = (amount) => (measure === "value" ? format.money(amount, currency) : format.count(amount));
  const brief = (amount) => (measure === "value" ? format.chartMoney(amount, currency) : format.chartCount(amount));
  const shown = at === null ? null : bars[Math.min(at, bars.length - 1)];
  const amounts = shown?.amounts ?? SERIES.map((name) => amountOf(answer.total, name, measure, currency));
  const end = axisEnd(Math.max(...bars.map((bar) => bar.amounts.reduce((sum, amount) => sum + amount, 0))));
  const list = SERIES.map((name, index) => fillText(text.abandonment.chart.label_series, { value: write(amounts[index]), name: text.abandonment.chart.series[name] }));
  return html`
    <div data-chart>
      <${Readout} name=${shown ? barName(shown) : text.abandonment.chart.whole} amounts=${amounts} write=${write} />
      <div class="days-chart" tabindex="0" role="group" aria-label=${fillText(text.abandonment.chart.label, { list: list.join(", ") })}
        onKeyDown=${(press) => step(press, at, bars.length, setAt)} onPointerLeave=${() => setAt(null)} onBlur=${() => setAt(null)}>
        <div class="days-axis" aria-hidden="true">${[1, 0.5, 0].map((part) => html`<span key=${part}>${brief(end * part)}</span>`)}</div>
        <svg width="100%" height=${HEIGHT} aria-hidden="true">
          ${[0, 0.5, 1].map((part) => html`<line key=${part} class="grid-line" x1="0" x2="100%" y1=${edge(part)} y2=${edge(part)} />`)}
          ${bars.map((bar, index) => html`<${Bar} key=${bar.from} bar=${bar} index=${index} count=${bars.length} end=${end} chosen=${at === index} onPoint=${() => setAt(index)} />`)}
        </svg>
      </div>
      <div class="days-names" aria-hidden="true">
        ${namedBars(bars.length, NAMES_MAX).map((index) => html`<span key=${index} style=${{ insetInlineStart: `${(100 * index) / bars.length}%` }}>${format.shortDay(bars[index].from)}</span>`)}
      </div>
    </div>
  `;
}

// On the line, not across it.
const edge = (part) => Math.round((HEIGHT - 1) * part) + 0.5;

function Readout({ name, amounts, write }) {
  return html`
    <p class="legend readout" aria-live="polite">
      <strong>${name}</strong>
      ${SERIES.map((series, index) => {
        const [mark, fill] = LOOKS[series];
        return html`<span key=${series}><${Swatch} name=${mark} fill=${fill} /> <b>${write(amounts[index])}</b> <span class="quiet">${text.abandonment.chart.series[series]}</span></span>`;
      })}
    </p>
  `;
}

function Bar({ bar, index, count, end, chosen, onPoint }) {
  const pitch = 100 / count;
  const box = { x: `${(index + GAP / 2) * pitch}%`, width: `${(1 - GAP) * pitch}%` };
  let ground = HEIGHT;
  const parts = bar.amounts.map((amount, place) => {
    const height = amount > 0 ? Math.max((amount / end) * (HEIGHT - 1), 1) : 0;
    ground -= height;
    const [mark, fill] = LOOKS[SERIES[place]];
    return html`<rect key=${place} class=${mark} fill=${fill} ...${box} y=${ground} height=${height} />`;
  });
  return html`
    <g class=${bar.complete ? "" : "unfinished"} onPointerEnter=${onPoint}>
      <rect class=${chosen ? "chosen-area" : "hover-area"} x=${`${index * pitch}%`} width=${`${pitch}%`} y="0" height=${HEIGHT} />
      ${parts}
    </g>
  `;
}

/** "14 Nov", "Week of 9 Nov", and whether more may come. */
export function barName(bar) {
  const words = text.abandonment.chart;
  const day = bar.days > 1 ? fillText(words.week, { day: format.day(bar.from) }) : format.day(bar.from);
  return bar.complete ? day : fillText(words.unfinished, { day });
}

function step(press, at, count, setAt) {
  const moves = { ArrowRight: (at ?? -1) + 1, ArrowLeft: (at ?? count) - 1, Home: 0, End: count - 1 };
  if (press.key === "Escape") {
    setAt(null);
  } else if (Object.hasOwn(moves, press.key)) {
    press.preventDefault();
    setAt(Math.max(0, Math.min(count - 1, moves[press.key])));
  }
}
