// What the shop knows of its visitors and for how long, in plain words; and, for owners, who was erased.

import { fetchErasures, fetchPrivacy } from "../api.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { useAnswer } from "../parts/ask.js";
import { ErrorNotice } from "../parts/notice.js";
import { SettingsNav } from "../parts/settings-nav.js";
import { ReportSkeleton } from "../parts/skeleton.js";
import { Title } from "../parts/title.js";
import { screenAddress } from "../scope.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

export function Privacy({ site, me }) {
  const owner = me.role === "owner";
  const asked = useAnswer((key, signal) => ask(key, owner, signal), site.key);
  return html`<${SettingsNav} site=${site} me=${me} here="privacy" /><${Shown} site=${site} asked=${asked} owner=${owner} />`;
}

function Shown({ site, asked, owner }) {
  const { answer, error, again } = asked;
  if (error) {
    return html`<${Title} site=${site} said=${text.errors.no_answer} /><${ErrorNotice} error=${error} retry=${again} />`;
  }
  if (!answer) {
    return html`<${Title} site=${site} said=${text.privacy.loading} /><${ReportSkeleton} bars=${0} rows=${4} />`;
  }
  const { privacy, erasures } = answer;
  return html`
    <${Title} site=${site} said=${headline(privacy)} lead=${text.privacy.lead} />
    <section class="card">
      <h2>${text.privacy.heading}</h2>
      <dl class="statements">
        ${privacy.statements.map((one) => html`<div key=${one.subject}><dt>${text.privacy.subjects[one.subject] ?? one.subject}</dt><dd>${sentence(one, privacy)}</dd></div>`)}
      </dl>
      ${owner && html`<p><${Link} href=${screenAddress(site.key, "settings")}>${text.privacy.change}<//></p>`}
    </section>
    ${erasures && html`<${Erasures} erasures=${erasures} site=${site} />`}
  `;
}

// One who is no owner any more is told by the server.
async function ask(key, owner, signal) {
  const [privacy, listed] = await Promise.all([fetchPrivacy(key, signal), owner ? fetchErasures(key, signal) : null]);
  return { privacy, erasures: listed?.erasures };
}

function headline({ preset, kept_days }) {
  const kept = kept_days === null ? text.privacy.for_ever : format.plural(text.privacy.days, kept_days);
  return fillText(text.privacy.headlines[preset], { kept });
}

// In the reader's language; what is not known here yet, in the server's words.
const sentence = ({ code, text: said }, { kept_days: days }) => (text.privacy.statements[code] ? fillText(text.privacy.statements[code], { days }) : said);

function Erasures({ erasures, site }) {
  const words = text.privacy.erasures;
  return html`
    <section class="card">
      <h2>${words.heading}</h2>
      ${erasures.length === 0
        ? html`<p class="quiet">${words.none}</p>`
        : html`
            <div class="scroll" role="region" tabindex="0" aria-label=${words.scroll}>
              <table>
                <caption class="unseen">${words.scroll}</caption>
                <thead>
                  <tr>
                    ${["asked", "state"].map((name) => html`<th key=${name} scope="col">${words.columns[name]}</th>`)}
                    ${["store", "archive", "journal", "number"].map((name) => html`<th key=${name} scope="col" class="number">${words.columns[name]}</th>`)}
                    <th scope="col">${words.columns.by}</th>
                  </tr>
                </thead>
                <tbody>
                  ${erasures.map((one) => html`<${Row} key=${one.id} erasure=${one} site=${site} />`)}
                </tbody>
              </table>
            </div>
          `}
      <p class="quiet">${words.how} <code>styk erase --site ${site.key} --visitor …</code></p>
    </section>
  `;
}

// Sign, word and colour together.
function Row({ erasure, site }) {
  const words = text.privacy.erasures;
  const { removed } = erasure;
  const done = erasure.status === "done";
  return html`
    <tr>
      <th scope="row">${format.instant(erasure.asked_at, site.time_zone)}</th>
      <td>${done ? html`<span class="good">✓ ${words.done}</span>` : html`<strong>… ${words.hidden}</strong>`}</td>
      <td class="number">${format.count(removed.store_events + removed.store_failed_events)}</td>
      <td class="number">${format.count(removed.archive_events + removed.archive_failed_events)}</td>
      <td class="number">${format.count(removed.journal_events)}</td>
      <td class="number">${erasure.id}</td>
      <td><bdi>${erasure.asked_by}</bdi></td>
    </tr>
  `;
}
