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
  const follow = pairAddress(site.key, scope, [stepOf(touchpoint, "touchpoint"), stepOf("purchase")], "device");
  const show = (answer) => html`
    <${Went} answer=${answer} touchpoint=${touchpoint}>
      <p class="card-link"><${Link} href=${follow}>${fillText(text.dropoff.follow, { touchpoint: touchpointLabel(touchpoint) })}<//></p>
    <//>
  `;
  return html`
    <${OnwardCard} touchpoint=${touchpoint} heading=${heading}>
      <${Answer} report=${report} skeleton=${html`<p class="quiet" role="status">${text.loading}</p>`}>${show}<//>
    <//>
  `;
}

/** The same, as far as an answer about all touchpoints tells it. */
export const OnwardOf = ({ answer, touchpoint, heading }) =>
  html`<${OnwardCard} touchpoint=${touchpoint} heading=${heading}><${Went} answer=${answer} touchpoint=${touchpoint} /><//>`;

function OnwardCard({ touchpoint, heading, children }) {
  return html`
    <section class="card onward">
      <h2 tabindex="-1" ref=${heading}>${fill(text.dropoff.onward, { touchpoint: html`<${Touchpoint} of=${touchpoint} />` })}</h2>
      ${children}
    </section>
  `;
}

function Went({ answer, touchpoint, children }) {
  const { unit, touchpoints } = answer;
  const row = touchpoints.find((one) => one.touchpoint === touchpoint);
  if (!row) {
    return html`<p>${text.dropoff.nobody_there}</p>`;
  }
  const lead = { all: format.plural(text.units[unit].forms, unitsOf(row, unit)), share: format.share(row.conversion_rate) };
  return html`
    <p class="quiet lead">${fillText(text.dropoff.onward_lead, lead)}</p>
    <${Ways} row=${row} unit=${unit} />
    ${children}
    ${BY.filter((by) => row.by?.[by]).map((by) => html`<${Parts} key=${by} by=${by} parts=${row.by[by]} unit=${unit} of=${touchpoint} />`)}
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
