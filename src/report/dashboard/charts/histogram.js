// How long it took those who converted: a bar a stretch of time; and the same as a table.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

const HEIGHT = 140;
const LABEL_ROOM = 20;
const GAP_PERCENT = 1.5;

/** `bins` are { from, to, count }, seconds; ascending, none of them left out. */
export function Histogram({ bins }) {
  const words = text.histogram;
  const most = Math.max(...bins.map(({ count }) => count), 1);
  const pitch = (100 + GAP_PERCENT) / bins.length;
  const height = (count) => (count > 0 ? Math.max(((HEIGHT - LABEL_ROOM) * count) / most, 2) : 0);
  const fullest = bins.reduce((best, bin) => (best.count < bin.count ? bin : best), bins[0]);
  const label = fillText(words.label, { span: spanOf(fullest), count: format.count(fullest.count) });
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
      <div class="bars" data-chart role="img" aria-label=${label} style=${{ minWidth: `${bins.length * 56}px` }}>
        <svg width="100%" height=${HEIGHT}>
          ${bins.map((bin, index) => html`
            <g key=${bin.from}>
              <title>${fillText(words.tip, { span: spanOf(bin), count: format.count(bin.count) })}</title>
              <rect class="hover-area" x=${`${index * pitch}%`} y="0" width=${`${pitch - GAP_PERCENT}%`} height=${HEIGHT} />
              <rect class="mark-reached" x=${`${index * pitch}%`} y=${HEIGHT - height(bin.count)} width=${`${pitch - GAP_PERCENT}%`} height=${height(bin.count)} />
              <text class="label-small" x=${`${index * pitch}%`} y=${HEIGHT - height(bin.count) - 5}>${bin.count > 0 && format.chartCount(bin.count)}</text>
            </g>
          `)}
        </svg>
        <div class="column-names bins">${bins.map((bin) => html`<div key=${bin.from}>${fillText(words.upto, { time: format.duration(bin.to) })}</div>`)}</div>
      </div>
    </div>
    <details class="twin">
      <summary>${words.table}</summary>
      <table>
        <caption class="unseen">${words.heading}</caption>
        <thead><tr><th scope="col">${words.time}</th><th scope="col" class="number">${words.count}</th></tr></thead>
        <tbody>${bins.map((bin) => html`<tr key=${bin.from}><th scope="row"><bdi>${spanOf(bin)}</bdi></th><td class="number">${format.count(bin.count)}</td></tr>`)}</tbody>
      </table>
    </details>
  `;
}

const spanOf = ({ from, to }) =>
  fillText(text.histogram.span, { from: from === 0 ? format.count(0) : format.duration(from), to: format.duration(to) });
