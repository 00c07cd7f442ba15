// What arrives: when last, how much in the last minutes, by name; and which names reports do not know.

import { html } from "../html.js";
import { DATALAYER_LINE, unmapped } from "../installation.js";
import { fillText } from "../sentence.js";
import { eventLabel, format, text } from "../strings/index.js";
import { Code } from "./code.js";
import { Figure } from "./figure.js";
import { Name } from "./name.js";

// The server lists so many.
const NAMES_MAX = 100;

/** "3s" for what happened three seconds before `now`. */
export const agoText = (then, now) => format.duration(Math.max(0, Math.round((Date.parse(now) - Date.parse(then)) / 1000)));

export function Arrivals({ installation, server, site }) {
  const words = text.install.arrivals;
  const { recent, fetched } = installation;
  const { all, minutes, days } = recent;
  const at = format.instant(server.started_at, site.time_zone);
  return html`
    <section class="card">
      <h2>${words.heading}</h2>
      <dl class="figures">
        <${Figure} name=${words.last} value=${all.last_at ? fillText(words.ago, { ago: agoText(all.last_at, server.now) }) : "–"}
          note=${all.last_at ? format.instant(all.last_at, site.time_zone) : fillText(words.never, { days })} />
        <${Figure} name=${fillText(words.recent, { minutes })} value=${format.count(all.recent_events)} note=${words.recent_note} />
        <${Figure} name=${fillText(words.lately, { days })} value=${format.count(all.events)} note=${words.lately_note} />
        <${Figure} name=${words.fetched} value=${fetched ? format.count(fetched.times) : "–"} note=${fillText(fetched ? words.fetched_note : words.not_fetched_note, { at })} />
      </dl>
      ${recent.names.length === 0 ? html`<p class="quiet">${fillText(words.none, { days })}</p>` : html`<${Names} recent=${recent} now=${server.now} />`}
    </section>
  `;
}

function Names({ recent, now }) {
  const words = text.install.arrivals;
  const { names, minutes, days } = recent;
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
      <table>
        <caption class="unseen">${words.scroll}</caption>
        <thead>
          <tr>
            <th scope="col">${words.name}</th>
            <th scope="col" class="number">${fillText(words.recent, { minutes })}</th>
            <th scope="col" class="number">${fillText(words.lately, { days })}</th>
            <th scope="col" class="number">${words.last}</th>
          </tr>
        </thead>
        <tbody>
          ${names.map(
            ({ event, recent_events, events, last_at }) => html`
              <tr key=${event}>
                <th scope="row"><${Name} of=${eventLabel(event)} /></th>
                <td class="number">${format.count(recent_events)}</td>
                <td class="number">${format.count(events)}</td>
                <td class="number">${fillText(words.ago, { ago: agoText(last_at, now) })}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    ${names.length === NAMES_MAX && html`<p class="quiet method">${fillText(words.newest, { n: NAMES_MAX })}</p>`}
  `;
}

export function Unmapped({ recent }) {
  const words = text.install.unmapped;
  const names = recent ? unmapped(recent) : [];
  return html`
    <section class="card stack">
      <h2>${words.heading}</h2>
      ${recent && names.length === 0 && html`<p class="quiet">${fillText(words.none, { days: recent.days })}</p>`}
      ${names.length > 0 &&
      html`
        <p>${words.lead}</p>
        <ul class="reasons">
          ${names.map(
            ({ event, events }) => html`
              <li key=${event}><span class="reason-count">${format.plural(text.status.events, events)}</span><code><${Name} of=${event} /></code></li>
            `,
          )}
        </ul>
      `}
      <p class="quiet">${words.unseen}</p>
      <${Code} label=${words.line} code=${DATALAYER_LINE} />
    </section>
  `;
}
