// How the server does: whether every event is accounted for, what was turned away and why, and what waits.

import { fetchServerStatus, fetchStatus } from "../api.js";
import { html } from "../html.js";
import { useAgainEvery, useAnswer } from "../parts/ask.js";
import { Accounts } from "../parts/accounts.js";
import { Figure } from "../parts/figure.js";
import { ErrorNotice } from "../parts/notice.js";
import { Reasons } from "../parts/reasons.js";
import { SettingsNav } from "../parts/settings-nav.js";
import { ReportSkeleton } from "../parts/skeleton.js";
import { Title } from "../parts/title.js";
import { fill, fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

const ASK_EVERY_MS = 5_000;

export function Status({ site, me }) {
  const owner = me.role === "owner";
  const asked = useAnswer((key, signal) => ask(key, owner, signal), site.key);
  useAgainEvery(ASK_EVERY_MS, asked);
  return html`<${SettingsNav} site=${site} me=${me} here="status" /><${Shown} site=${site} asked=${asked} />`;
}

function Shown({ site, asked }) {
  const { answer, error, running, again } = asked;
  if (error) {
    return html`<${Title} site=${site} said=${text.errors.no_answer} /><${ErrorNotice} error=${error} retry=${again} />`;
  }
  if (!answer) {
    return html`<${Title} site=${site} said=${text.status.titles.loading} /><${ReportSkeleton} bars=${0} rows=${4} />`;
  }
  const { own, whole } = answer;
  return html`
    <${Title} site=${site} said=${headline(whole ?? { sites: [own], unaccounted: 0 })} lead=${lead(own.server, site)} quiet=${running} />
    <${Numbers} own=${own} />
    <${Accounts} sites=${whole?.sites ?? [own]} total=${whole?.total} startedAt=${own.server.started_at} timeZone=${site.time_zone} />
    <${Reasons} sites=${whole?.sites ?? [own]} startedAt=${own.server.started_at} timeZone=${site.time_zone} />
    <${Failed} sites=${whole?.sites ?? [own]} />
    <${Server} server=${own.server} site=${site} />
  `;
}

// Owners see all sites; a site's reader sees his own. One who is no owner any more is told by the server.
async function ask(key, owner, signal) {
  const [own, whole] = await Promise.all([fetchStatus(key, signal), owner ? fetchServerStatus(signal) : null]);
  return { own, whole };
}

function headline({ sites, unaccounted }) {
  const words = text.status.titles;
  const off = sites.flatMap(({ since_start, in_all }) => [since_start.difference, in_all.difference]);
  const events = [...off, unaccounted].reduce((sum, difference) => sum + Math.abs(difference), 0);
  return events === 0 ? words.good : format.plural(words.off, events);
}

function lead(server, site) {
  const words = text.status;
  const through = server.data_through && fillText(words.fresh, { at: format.instant(server.data_through, site.time_zone) });
  const waiting = server.pending === 0 ? words.nothing_waits : fillText(words.waits, { seconds: format.duration(server.lag_seconds) });
  return [through, waiting].filter(Boolean).join(" ");
}

function Numbers({ own }) {
  const words = text.status.figures;
  const { since_start, in_all, server } = own;
  const full = server.disk_free_bytes !== null && server.disk_free_bytes < 2 * server.disk_free_bytes_min;
  return html`
    <dl class="card figures" aria-label=${words.heading}>
      <${Figure} name=${words.received} value=${format.count(since_start.received)} note=${words.received_note} />
      <${Figure} name=${words.stored} value=${format.count(in_all.loaded)} note=${words.stored_note} />
      <${Figure} name=${words.pending} value=${format.count(in_all.pending)} note=${in_all.pending > 0 && fillText(words.pending_note, { lag: format.duration(server.lag_seconds) })} />
      <${Figure} name=${words.disk} value=${format.bytes(server.disk_free_bytes)}
        note=${fillText(full ? words.disk_low : words.disk_note, { least: format.bytes(server.disk_free_bytes_min) })} />
    </dl>
  `;
}

function Failed({ sites }) {
  const words = text.status.failed;
  const rows = sites.flatMap(({ site, failed }) => failed.map((one) => ({ site, ...one })));
  return html`
    <section class="card">
      <h2>${words.heading}</h2>
      ${rows.length === 0
        ? html`<p class="quiet">${words.none}</p>`
        : html`
            <ul class="plain">
              ${rows.map(
                ({ site, reason, events }) => html`
                  <li key=${`${site} ${reason}`}>
                    <strong>${format.plural(text.status.events, events)}</strong> · <bdi>${site}</bdi> · ${words.reasons[reason] ?? reason}
                  </li>
                `,
              )}
            </ul>
            <p class="quiet">${fill(words.kept, { command: html`<code>styk replay</code>` })}</p>
          `}
    </section>
  `;
}

function Server({ server, site }) {
  const words = text.status.server;
  const gaps = server.journal_gaps === 0 ? words.no_gaps : fillText(words.gaps, { gaps: format.count(server.journal_gaps), events: format.count(server.journal_gap_events) });
  const facts = [
    [words.version, server.version],
    [words.started, format.instant(server.started_at, site.time_zone)],
    [words.through, format.instant(server.data_through, site.time_zone)],
    [words.journal, gaps],
    [words.rows, format.count(server.store_rows ?? Number.NaN)],
    [words.runs, format.count(server.store_runs ?? Number.NaN)],
    [words.questions, format.count(server.questions_running)],
  ];
  return html`
    <section class="card">
      <h2>${words.heading}</h2>
      <dl class="facts">
        ${facts.map(([name, value]) => html`<div key=${name}><dt class="quiet">${name}</dt><dd>${value}</dd></div>`)}
      </dl>
    </section>
  `;
}
