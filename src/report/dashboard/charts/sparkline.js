// A line without axes: how a figure went, from zero to its largest. The last stretch is dotted while its bucket is not
// over. The numbers stand in the table of the screen; the line is for the eye alone.

import { html } from "../html.js";

const WIDTH = 160;
const HEIGHT = 36;
const EDGE = 2;

/** `values` are numbers, or null where there is none; `complete` says of each whether it is final, `marks` whether a note is there. */
export function Sparkline({ values, complete, marks }) {
  const points = sparkPoints(values);
  if (points.length < 2) {
    return html`<svg class="spark" aria-hidden="true" />`;
  }
  const last = complete.at(-1) ? points.length : points.length - 1;
  const line = (part) => part.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  return html`
    <svg class="spark" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      ${marks.map((marked, index) => marked && html`<line key=${index} class="spark-note" x1=${index * stepOf(marks)} x2=${index * stepOf(marks)} y1="0" y2=${HEIGHT} />`)}
      <polyline class="spark-line" points=${line(points.slice(0, last))} />
      ${last < points.length && html`<polyline class="spark-line spark-open" points=${line(points.slice(last - 1))} />`}
    </svg>
  `;
}

const stepOf = (values) => (values.length > 1 ? WIDTH / (values.length - 1) : 0);

/** Where each value stands on the drawing; what is null is left out. */
export function sparkPoints(values) {
  const most = Math.max(0, ...values.filter(Number.isFinite));
  const least = Math.min(0, ...values.filter(Number.isFinite));
  const span = most - least || 1;
  const step = stepOf(values);
  return values
    .map((value, index) => ({ value, x: index * step }))
    .filter(({ value }) => Number.isFinite(value))
    .map(({ value, x }) => ({ x, y: HEIGHT - EDGE - ((value - least) / span) * (HEIGHT - 2 * EDGE) }));
}
