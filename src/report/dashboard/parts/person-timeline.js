// What a person did, session by session, the latest first, page by page.

import { html } from "../html.js";
import { bySession, personName } from "../person-question.js";
import { eventLabel, format, text, valueLabel } from "../strings/index.js";
import { Name, Touchpoint } from "./name.js";
import { TouchWords } from "./person-figures.js";
import { SaveTable } from "./saving.js";

const COLUMNS = ["at", "what", "where", "value"];
const CLASSES = { where: "where", value: "number" };

export function Timeline({ answer, site, before, onTurn }) {
  const words = text.visitors.timeline;
  return html`
    <section class="card timeline">
      <div class="card-head"><h2>${words.heading}</h2><${SaveTable} what=${words.heading} /></div>
      <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
        <table>
          <caption class="unseen">${words.heading}</caption>
          <thead><tr>${COLUMNS.map((name) => html`<th key=${name} scope="col" class=${CLASSES[name]}>${words.columns[name]}</th>`)}</tr></thead>
          ${bySession(answer).map((group, index) => html`<${SessionRows} key=${index} group=${group} site=${site} many=${answer.visitors.length > 1} />`)}
        </table>
      </div>
      ${(before || answer.next !== null) && html`<div class="actions pages">
        <button disabled=${!before} onClick=${() => onTurn(null)}>${words.newest}</button>
        <button disabled=${answer.next === null} onClick=${() => onTurn(answer.next)}>${words.older}</button>
      </div>`}
    </section>
  `;
}

function SessionRows({ group, site, many }) {
  const words = text.visitors.timeline;
  const { session, events } = group;
  const device = session?.device && valueLabel("device", session.device);
  const facts = [device, many && session && personName({ visitor: session.visitor }), session && format.plural(words.events, session.events)];
  return html`
    <tbody>
      <tr class="session">
        <th scope="rowgroup" colspan=${COLUMNS.length}>
          ${session ? format.instant(session.at, site.time_zone) : words.session}${" "}
          <span class="session-touch">${session && html`<${TouchWords} touch=${session} />`}</span>${" "}
          <span class="quiet session-facts">${facts.filter(Boolean).join(" · ")}</span>
        </th>
      </tr>
      ${events.map((event, index) => html`<${EventRow} key=${index} event=${event} site=${site} />`)}
    </tbody>
  `;
}

function EventRow({ event, site }) {
  const value = event.currency ? format.money(event.value_minor, event.currency) : "";
  const about = event.transaction_id ?? event.cart_id;
  const name = event.page ? html`<${Name} of=${event.page} />` : event.touchpoint && html`<${Touchpoint} of=${event.touchpoint} />`;
  return html`
    <tr>
      <td class="moment quiet" data-value=${event.at}>${format.time(event.at, site.time_zone)}</td>
      <td><${Name} of=${eventLabel(event.event)} />${about && html` <span class="quiet"><${Name} of=${about} /></span>`}<span class="quiet place">${name}</span></td>
      <td class="where" data-key=${event.page ? undefined : (event.touchpoint ?? undefined)}>${name}</td>
      <td class="number">${value}</td>
    </tr>
  `;
}
