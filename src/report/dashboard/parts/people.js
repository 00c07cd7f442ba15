// Who stands behind a bar or its gap, and what they did next.

import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { askFunnelPeople } from "../api-funnels.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { eventLabel, format, text } from "../strings/index.js";
import { Answer } from "./answer.js";
import { useAnswer } from "./ask.js";
import { Name, Touchpoint } from "./name.js";
import { PersonLink } from "./person-link.js";
import { SaveTable } from "./saving.js";
import { answeredLabel } from "./step-words.js";

const PAGE = 20;

/** `bar` is { step, outcome }, `request` the funnel's own. */
export function People({ site, request, bar, steps, unit, onClose }) {
  const [after, setAfter] = useState([]);
  const key = JSON.stringify([bar, request]);
  useEffect(() => setAfter([]), [key]);
  const body = { ...request, ...bar, limit: PAGE, ...(after.length > 0 && { after: after.at(-1) }) };
  const report = useAnswer((asked, signal) => askFunnelPeople(site.key, asked, signal), body);
  const card = useRef(null);
  useEffect(() => card.current.focus(), [key]);
  const step = answeredLabel(steps[bar.step - 1]);
  const total = report.answer?.total;
  const heading = fillText(text.people[bar.outcome], { step, people: text.units[unit].noun });
  return html`
    <section class="card people" ref=${card} tabindex="-1" aria-label=${heading} onKeyDown=${(press) => press.key === "Escape" && onClose()}>
      <div class="card-head">
        <h2>${heading}</h2>
        <span class="quiet">${total !== undefined && format.plural(text.units[unit].forms, total)}</span>
        <${SaveTable} what=${heading} />
        <button onClick=${onClose}>${text.people.close}</button>
      </div>
      <${Answer} report=${report} skeleton=${html`<p class="quiet" role="status">${text.loading}</p>`}>
        ${(answer) => html`<${PeopleTable} answer=${answer} unit=${unit} site=${site} heading=${heading} />`}
      <//>
      <div class="actions">
        ${after.length > 0 && html`<button onClick=${() => setAfter(after.slice(0, -1))}>${text.people.back}</button>`}
        ${report.answer?.next && html`<button onClick=${() => setAfter([...after, report.answer.next])}>${text.people.more}</button>`}
      </div>
    </section>
  `;
}

function PeopleTable({ answer, unit, site, heading }) {
  const words = text.people;
  if (answer.visitors.length === 0) {
    return html`<p class="quiet">${words.nobody}</p>`;
  }
  const headings = [words.reached_at, words.next, words.where, words.next_at, words.field];
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
      <table>
        <caption class="unseen">${heading}</caption>
        <thead>
          <tr><th scope="col">${text.units[unit].noun}</th>${headings.map((one) => html`<th key=${one} scope="col">${one}</th>`)}</tr>
        </thead>
        <tbody>
          ${answer.visitors.map((person) => html`<${PersonRow} key=${`${person.visitor} ${person.session} ${person.customer}`} person=${person} site=${site} />`)}
        </tbody>
      </table>
    </div>
  `;
}

function PersonRow({ person, site }) {
  const { visitor, customer, session, steps, next, last_field } = person;
  const nth = session === null || session === undefined ? "" : fillText(text.people.session, { n: format.count(session) });
  return html`
    <tr>
      <th scope="row" data-value=${customer ?? visitor}><${PersonLink} site=${site} whom=${person} />${nth}</th>
      <td class="moment">${format.instant(steps.at(-1)?.at, site.time_zone)}</td>
      <td>${next ? html`<${Name} of=${eventLabel(next.event)} />` : html`<span class="quiet">${text.people.nothing}</span>`}</td>
      <td data-key=${next?.touchpoint}>${next && next.touchpoint !== "(none)" ? html`<${Touchpoint} of=${next.touchpoint} />` : "–"}</td>
      <td class="moment">${format.instant(next?.at, site.time_zone)}</td>
      <td>${last_field ? html`<${Name} of=${last_field} />` : "–"}</td>
    </tr>
  `;
}
