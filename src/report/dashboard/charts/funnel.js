// The funnel as a chart: upright bars where there is room, a list of lying bars on a phone.

import { useEffect, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { Name } from "../parts/name.js";
import { answeredLabel } from "../parts/step-words.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { DOTTED, HATCHED } from "./patterns.js";
import { funnelMarks } from "./shape.js";

const WIDE = "(min-width: 640px)";
const PLOT_HEIGHT = 232;
// Room above the tallest bar for its three lines of label.
const LABEL_ROOM = 72;
const LINE_HEIGHT = 17;
const GAP_PERCENT = 2.5;
// Below this width a step's labels run into its neighbour's; then the chart scrolls.
const STEP_WIDTH_MIN = 84;

/**
 * `labels` is "share" or "count": which of the two is the large label. `onBar` gets { step, outcome } where a bar or its
 * gap is clicked; the numbers of the table below are its twin for the keyboard.
 */
export function FunnelChart({ steps, labels, onBar }) {
  const wide = useMedia(WIDE);
  const marks = funnelMarks(steps);
  const Drawing = wide ? Columns : Rows;
  return html`<${Drawing} marks=${marks} labels=${labels} label=${chartLabel(steps)} onBar=${onBar} />`;
}

function Columns({ marks, labels, label, onBar }) {
  const pitch = (100 + GAP_PERCENT) / marks.length;
  const columns = marks.map((mark, index) => ({ mark, x: index * pitch, width: pitch - GAP_PERCENT }));
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${text.chart.scroll}>
      <div class="columns" data-chart role="img" aria-label=${label} style=${{ minWidth: `${marks.length * STEP_WIDTH_MIN}px` }}>
        <svg width="100%" height=${PLOT_HEIGHT + LABEL_ROOM}>
          ${columns.map((column) => html`<${Column} key=${column.mark.step.step} ...${column} labels=${labels} onBar=${onBar} />`)}
        </svg>
        <div class="column-names">
          ${marks.map(({ step }) => html`<div key=${step.step}><${Name} of=${answeredLabel(step)} /></div>`)}
        </div>
      </div>
    </div>
  `;
}

function Column({ mark, x, width, labels, onBar }) {
  const ground = PLOT_HEIGHT + LABEL_ROOM;
  const box = { x: `${x}%`, width: `${width}%` };
  const [reached, underway, dropped] = [mark.reached, mark.underway, mark.dropped].map(pixels);
  const top = ground - reached - underway - dropped;
  const [large, small] = mainLabels(mark.step, labels);
  const below = mark.droppedCount > 0 ? [small, format.chartLost(mark.droppedCount)] : [small];
  const { step } = mark.step;
  const opens = (bar) => (onBar ? { class: `${bar.outcome === "reached" ? "mark-reached" : "mark-edge"} opens`, onClick: () => onBar(bar) } : {});
  const line = (index) => top - 8 - (below.length - 1 - index) * LINE_HEIGHT;
  return html`
    <g>
      <title>${tip(mark)}</title>
      <rect class="hover-area" ...${box} y="0" height=${ground} />
      ${dropped > 0 && html`<rect class="mark-edge" ...${opens({ step: step - 1, outcome: "dropped" })} ...${box} y=${top} height=${dropped} fill=${HATCHED} />`}
      ${underway > 0 && html`<rect class="mark-edge" ...${opens({ step: step - 1, outcome: "in_progress" })} ...${box} y=${top + dropped} height=${underway} fill=${DOTTED} />`}
      <rect class="mark-reached" ...${opens({ step, outcome: "reached" })} ...${box} y=${ground - reached} height=${reached} />
      <text class="label-large" x=${box.x} y=${line(-1) - 2}>${large}</text>
      ${below.map((label, index) => html`<text key=${index} class="label-small" x=${box.x} y=${line(index)}>${label}</text>`)}
    </g>
  `;
}

// A mark that stands for somebody is never too thin to be seen.
const pixels = (share) => (share > 0 ? Math.max(share * PLOT_HEIGHT, 2) : 0);

// Its words say all that its bars show, so here the list itself is what a screen reader reads.
function Rows({ marks, labels }) {
  return html`
    <ol class="rows" data-chart>
      ${marks.map((mark) => html`<${Row} key=${mark.step.step} mark=${mark} labels=${labels} />`)}
    </ol>
  `;
}

function Row({ mark, labels }) {
  const [large, small] = mainLabels(mark.step, labels);
  const percent = (share) => `${share * 100}%`;
  return html`
    <li>
      <div class="row-line">
        <span class="row-name"><${Name} of=${answeredLabel(mark.step)} /></span>
        <span class="row-number"><strong>${large}</strong> <span class="quiet">${small}</span></span>
      </div>
      <svg width="100%" height="16" aria-hidden="true">
        <rect class="mark-track" width="100%" height="16" />
        <rect class="mark-reached" width=${percent(mark.reached)} height="16" />
        <rect class="mark-edge" x=${percent(mark.reached)} width=${percent(mark.underway)} y="0.5" height="15" fill=${DOTTED} />
        <rect class="mark-edge" x=${percent(mark.reached + mark.underway)} width=${percent(mark.dropped)} y="0.5" height="15" fill=${HATCHED} />
      </svg>
      <p class="quiet row-lost">${lostWords(mark)}</p>
    </li>
  `;
}

function mainLabels(step, labels) {
  const share = format.share(step.conversion_rate);
  const count = format.chartCount(step.reached);
  return labels === "share" ? [share, count] : [count, share];
}

function lostWords({ droppedCount, underwayCount }) {
  const words = [];
  if (droppedCount > 0) {
    words.push(fillText(text.chart.lost_before, { lost: format.lost(droppedCount) }));
  }
  if (underwayCount > 0) {
    words.push(fillText(text.chart.underway_before, { count: format.count(underwayCount) }));
  }
  return words.join(" · ");
}

function tip({ step, droppedCount, underwayCount }) {
  return fillText(text.chart.tip, {
    step: answeredLabel(step),
    count: format.count(step.reached),
    share: format.share(step.conversion_rate),
    lost: format.count(droppedCount),
    underway: format.count(underwayCount),
  });
}

function chartLabel(steps) {
  const list = steps.map((step) =>
    fillText(text.chart.label_step, {
      step: answeredLabel(step),
      count: format.count(step.reached),
      share: format.share(step.conversion_rate),
    }),
  );
  return fillText(text.chart.label, { steps: format.count(steps.length), list: list.join(", ") });
}

function useMedia(query) {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const follow = () => setMatches(media.matches);
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, [query]);
  return matches;
}
