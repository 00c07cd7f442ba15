// One touchpoint: what came of those who were there, where they went on to, and the same by device and channel.

import { askDropoff } from "../api.js";
import { DOTTED, HATCHED } from "../charts/patterns.js";
import { pairAddress } from "../funnel-question.js";
import { stepOf } from "../funnel-steps.js";
import { html } from "../html.js";
import { unitsOf } from "../leaving.js";
import { Link } from "../navigation.js";
import { fill, fillText } from "../sentence.js";
import { fieldLabel, format, text, touchpointLabel, valueLabel } from "../strings/index.js";
import { Answer } from "./answer.js";
import { useAnswer } from "./ask.js";
import { Name, Touchpoint } from "./name.js";

const BY = ["device", "channel"];
const NEXT_MAX = 8;

/** `scope` are the days and conditions that the request is of. */
export function Onward({ site, scope, request, touchpoint, heading }) {
  const { compare, ...alike } = request;
  const asked = { ...alike, touchpoint, by: BY, next_limit: NEXT_MAX };
  const report = useAnswer((body, signal) => askDropoff(site.key, body, signal), asked);
  const name = html`<${Touchpoint} of=${touchpoint} />`;
  const show = (answer) => {
    const row = answer.touchpoints[0];
    if (!row) {
      return html`<p>${text.dropoff.nobody_there}</p>`;
    }
    return html`
      <p class="quiet lead">${fillText(text.dropoff.onward_lead, { all: format.plural(text.units[answer.unit].forms, unitsOf(row, answer.unit)), share: format.share(row.conversion_rate) })}</p>
      <${Ways} row=${row} unit=${answer.unit} />
      <p class="card-link"><${Link} href=${pairAddress(site.key, scope, [stepOf(touchpoint, "touchpoint"), stepOf("purchase")], "device")}>${fillText(text.dropoff.follow, { touchpoint: touchpointLabel(touchpoint) })}<//></p>
      ${BY.map((by) => html`<${Parts} key=${by} by=${by} parts=${row.by[by]} unit=${answer.unit} of=${touchpoint} />`)}
    `;
  };
  return html`
    <section class="card onward">
      <h2 tabindex="-1" ref=${heading}>${fill(text.dropoff.onward, { touchpoint: name })}</h2>
      <${Answer} report=${report} skeleton=${html`<p class="quiet" role="status">${text.loading}</p>`}>${show}<//>
    </section>
  `;
}

// Everybody is in exactly one of these rows.
function Ways({ row, unit }) {
  const words = text.dropoff.ways;
  const all = unitsOf(row, unit);
  const went = row.continuations.map((next) => ({ key: next.touchpoint, label: html`<${Touchpoint} of=${next.touchpoint} />`, count: unitsOf(next, unit), mark: "mark-reached" }));
  const ends = [
    { key: "left", label: words.left, count: row.exits, mark: "mark-edge", fill: HATCHED },
    { key: "converted", label: words.converted, count: row.ended_converted, mark: "mark-reached" },
    { key: "open", label: words.open, count: row.in_progress, mark: "mark-edge", fill: DOTTED },
  ];
  return html`
    <ol class="rows">
      ${[...went, ...ends.filter(({ count }) => count > 0)].map(({ key, label, count, mark, fill: manner }) => html`
        <li key=${key}>
          <div class="row-line">
            <span class="row-name">${label}</span>
            <span class="row-number"><strong>${format.count(count)}</strong> <span class="quiet">${format.share(count / all)}</span></span>
          </div>
          <svg width="100%" height="12" aria-hidden="true">
            <rect class="mark-track" width="100%" height="12" />
            <rect class=${mark} width=${`${(100 * count) / all}%`} y="0.5" height="11" fill=${manner} />
          </svg>
        </li>
      `)}
    </ol>
  `;
}

function Parts({ by, parts, unit, of }) {
  const words = text.dropoff.parts;
  return html`
    <h3>${words[by]}</h3>
    <div class="scroll" role="region" tabindex="0" aria-label=${fillText(words.scroll, { by: words[by] })}>
      <table>
        <caption class="unseen">${fillText(words.caption, { by: words[by], touchpoint: touchpointLabel(of) })}</caption>
        <thead>
          <tr>
            <th scope="col">${fieldLabel(by)}</th>
            <th scope="col" class="number">${text.units[unit].noun}</th>
            <th scope="col" class="number">${words.left}</th>
            <th scope="col">${words.next}</th>
          </tr>
        </thead>
        <tbody>
          ${parts.map((part) => html`
            <tr key=${part.value}>
              <th scope="row"><${Name} of=${valueLabel(by, part.value)} /></th>
              <td class="number">${format.count(unitsOf(part, unit))}</td>
              <td class="number">${format.share(part.drop_off_rate)}</td>
              <td>${nextWords(part, unit)}</td>
            </tr>
          `)}
        </tbody>
      </table>
    </div>
  `;
}

// The two that most went to.
function nextWords({ continuations }, unit) {
  const words = continuations.slice(0, 2).map((next) => `${touchpointLabel(next.touchpoint)} ${format.count(unitsOf(next, unit))}`);
  return words.length > 0 ? html`<bdi>${words.join(", ")}</bdi>` : format.count(Number.NaN);
}
