// What was turned away, most first, and what can be done about it.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

export function Reasons({ sites, startedAt, timeZone }) {
  const words = text.status.reasons;
  const rows = sites.flatMap(({ site, since_start }) => since_start.reasons.map((reason) => ({ site, ...reason })));
  rows.sort((one, other) => other.events - one.events);
  return html`
    <section class="card">
      <h2>${words.heading}</h2>
      ${rows.length === 0
        ? html`<p class="quiet">${fillText(words.none, { at: format.instant(startedAt, timeZone) })}</p>`
        : html`
            <p class="quiet lead">${words.lead}</p>
            <ul class="reasons">
              ${rows.map((row) => html`<${Reason} key=${`${row.site} ${row.how} ${row.code}`} row=${row} />`)}
            </ul>
          `}
    </section>
  `;
}

function Reason({ row }) {
  const { site, how, code, events, fresh, remedy } = row;
  return html`
    <li>
      <span class="reason-count">${format.plural(text.status.events, events)}</span>
      <span class="reason-words">
        ${sentence(text.remedies[how][code] ?? remedy)}
        <span class="quiet note"><bdi>${text.status.accounts.names[site] ?? site}</bdi> · ${text.status.reasons.hows[how]} · <code>${code}</code>${fresh > 0 && ` · ${fillText(text.install.refused.since_opened, { n: format.count(fresh) })}`}</span>
      </span>
    </li>
  `;
}

const sentence = (words) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
