// Share links: which there are, what each shows and until when.

import { fetchShares, revokeShare } from "../api-settings.js";
import { targetFrom } from "../filters.js";
import { html } from "../html.js";
import { todayIn } from "../period.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Listed } from "./listed.js";
import { Sure } from "./sending.js";
import { stepLabel } from "./step-words.js";

export function SettingsLinks({ site }) {
  const words = text.settings.links;
  const asked = useAnswer(fetchShares, site.key);
  const dayOf = (moment) => html`<span title=${format.instant(moment, site.time_zone)}>${format.day(todayIn(site.time_zone, new Date(moment)))}</span>`;
  const row = (share) => html`
    <tr key=${share.id}>
      <th scope="row"><bdi>${share.name || text.screens[share.report] || words.reports[share.report]}</bdi> <span class="quiet">${fillText(words.number, { id: share.id })}</span></th>
      <td>${frozenText(share)}</td>
      <td class="day" data-label=${words.made}>${dayOf(share.created_at)}</td>
      <td class="day" data-label=${words.until}>${dayOf(share.expires_at)}</td>
      <td><${Sure} label=${words.revoke} about=${fillText(words.revoke_what, { id: share.id })} what=${words.revoke_says} yes=${words.revoke_yes}
        onYes=${() => revokeShare(site.key, share.id).then(asked.again)} /></td>
    </tr>
  `;
  return html`
    <section class="card">
      <h2>${words.heading}</h2>
      <${Listed} asked=${asked} caption=${words.heading} none=${words.none} columns=${[words.report, words.shows, words.made, words.until]} rows=${({ shares }) => shares.map(row)} />
      <p class="quiet method">${words.how}</p>
    </section>
  `;
}

// Which days, and which steps where it has any: all that a link shows is frozen in it.
function frozenText({ question }) {
  const { from, to, last_days, steps, where = [], segment = [] } = question;
  const day = (moment) => String(moment).slice(0, 10);
  const days = last_days ? format.plural(text.settings.links.last_days, last_days) : from && to && format.period({ from: day(from), to: day(to) });
  const way = steps?.map((step) => stepLabel({ ...targetFrom(step), label: step.label })).join(" → ");
  const conditions = where.length + segment.length;
  const filters = conditions > 0 && format.plural(text.settings.links.filters, conditions);
  return [days, way, filters].filter(Boolean).map((said, index) => html`${index > 0 && " · "}<bdi key=${index}>${said}</bdi>`);
}
