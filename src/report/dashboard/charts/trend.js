// The conversion over time: a line of shares, those whose time is not over apart; and the same as a table.

import { html } from "../html.js";
import { NoteCell, NoteHead, NoteMarks } from "../parts/notes.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

const HEIGHT = 160;
const LABEL_ROOM = 20;

/** `buckets` as the answer has them; `at` are the notes of each. */
export function Trend({ buckets, zone, at, site }) {
  const words = text.trend;
  const most = Math.max(...buckets.map(({ rate }) => rate ?? 0));
  const top = most > 0 ? most : 1;
  const spots = buckets.map((bucket, index) => ({
    bucket,
    x: buckets.length === 1 ? 50 : (100 * index) / (buckets.length - 1),
    y: LABEL_ROOM + (HEIGHT - LABEL_ROOM) * (1 - (bucket.rate ?? 0) / top),
  }));
  const label = fillText(words.label, { n: format.count(buckets.length), most: format.share(most) });
  return html`
    <div class="trend" data-chart role="img" aria-label=${label}>
      <svg width="100%" height=${HEIGHT}>
        <line class="axis" x1="0" x2="100%" y1=${HEIGHT - 0.5} y2=${HEIGHT - 0.5} />
        <line class="grid-line" x1="0" x2="100%" y1=${LABEL_ROOM} y2=${LABEL_ROOM} />
        <text class="label-small" x="0" y=${LABEL_ROOM - 6}>${format.share(top)}</text>
        ${spots.slice(1).map((spot, index) => html`<${Piece} key=${spot.bucket.from} from=${spots[index]} to=${spot} />`)}
        ${spots.map((spot) => html`<${Spot} key=${spot.bucket.from} spot=${spot} zone=${zone} alone=${spots.length < 40} />`)}
      </svg>
      <div class="trend-ends"><span>${format.instantDay(buckets[0].from)}</span><span>${buckets.length > 1 && format.instantDay(buckets.at(-1).from)}</span></div>
    </div>
    <${NoteMarks} at=${at} manner="line" site=${site} />
    <details class="twin">
      <summary>${words.table}</summary>
      <${TrendTable} buckets=${buckets} at=${at} />
    </details>
  `;
}

// A line that leads to a bucket whose time is not over is dashed; none leads to one that nobody entered.
function Piece({ from, to }) {
  if (from.bucket.rate === null || to.bucket.rate === null) {
    return null;
  }
  const manner = from.bucket.complete && to.bucket.complete ? "" : "incomplete";
  return html`<line class=${`line ${manner}`} x1=${`${from.x}%`} x2=${`${to.x}%`} y1=${from.y} y2=${to.y} />`;
}

function Spot({ spot, alone }) {
  const { bucket, x, y } = spot;
  const tip = fillText(text.trend.tip, {
    day: format.instantDay(bucket.from),
    rate: format.share(bucket.rate),
    converted: format.count(bucket.converted),
    entered: format.count(bucket.entered),
  });
  return html`
    <g>
      <title>${tip}</title>
      <rect class="hover-area" x=${`${x - 1}%`} y="0" width="2%" height=${HEIGHT} />
      ${bucket.rate !== null && alone && html`<circle class=${bucket.complete ? "spot" : "spot incomplete"} cx=${`${x}%`} cy=${y} r="3" />`}
    </g>
  `;
}

function TrendTable({ buckets, at }) {
  const words = text.trend;
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
      <table>
        <caption class="unseen">${words.heading}</caption>
        <thead><tr><th scope="col">${words.from}</th>${[words.entered, words.converted, words.rate].map((one) => html`<th key=${one} scope="col" class="number">${one}</th>`)}<${NoteHead} at=${at} /></tr></thead>
        <tbody>
          ${buckets.map((bucket, index) => html`
            <tr key=${bucket.from}>
              <th scope="row"><bdi>${format.instantDay(bucket.from)}</bdi>${!bucket.complete && html` <span class="quiet">${words.incomplete}</span>`}</th>
              <td class="number">${format.count(bucket.entered)}</td>
              <td class="number">${format.count(bucket.converted)}</td>
              <td class="number">${format.share(bucket.rate)}</td>
              <${NoteCell} at=${at} index=${index} />
            </tr>
          `)}
        </tbody>
      </table>
    </div>
  `;
}
