// Whether events arrive from the shop's pages, what to paste there, and what may keep events away.

import { useRef } from "../vendor/hooks.js";
import { fetchInstallation, fetchServerStatus, fetchStatus } from "../api.js";
import { html } from "../html.js";
import { reasonsSince, stateOf } from "../installation.js";
import { Arrivals, Unmapped, agoText } from "../parts/arrivals.js";
import { useAgainEvery, useAnswer } from "../parts/ask.js";
import { Blocks, Consent } from "../parts/hindrances.js";
import { ErrorNotice } from "../parts/notice.js";
import { Adapters, Paste } from "../parts/paste.js";
import { Reasons } from "../parts/reasons.js";
import { ReportSkeleton } from "../parts/skeleton.js";
import { Title } from "../parts/title.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

const ASK_EVERY_MS = 3_000;
// Requests that name no site, or a wrong one, belong to nobody; owners may see them.
const NOBODYS = "(unknown)";

export function Install({ site, me }) {
  const owner = me.role === "owner";
  const asked = useAnswer((key, signal) => ask(key, owner, signal), site.key);
  useAgainEvery(ASK_EVERY_MS, asked);
  const { answer, error, again } = asked;
  const first = useRef(null);
  first.current ??= answer?.sites ?? null;
  const words = text.install;
  if (error) {
    return html`<${Title} site=${site} said=${text.errors.no_answer} /><${ErrorNotice} error=${error} retry=${again} />`;
  }
  if (!answer) {
    return html`<${Title} site=${site} said=${words.titles.loading} /><${ReportSkeleton} bars=${0} rows=${4} />`;
  }
  const { installation, server, sites } = answer;
  const { recent } = installation;
  return html`
    <${Title} site=${site} said=${headline(installation, server)} lead=${words.leads[stateOf(installation)]} />
    <p class="unseen" role="status">${words.said[stateOf(installation)]}</p>
    <${Paste} installation=${installation} />
    <${Adapters} installation=${installation} siteKey=${site.key} />
    ${recent && html`<${Arrivals} installation=${installation} server=${server} site=${site} />`}
    <${Reasons} sites=${reasonsSince(sites, first.current)} startedAt=${server.started_at} timeZone=${site.time_zone} />
    <${Unmapped} recent=${recent} />
    ${recent && html`<${Consent} recent=${recent} />`}
    <${Blocks} installation=${installation} />
  `;
}

async function ask(key, owner, signal) {
  const answers = [fetchInstallation(key, signal), fetchStatus(key, signal), owner ? fetchServerStatus(signal) : null];
  const [installation, own, whole] = await Promise.all(answers);
  const nobodys = whole?.sites.filter(({ site }) => site === NOBODYS) ?? [];
  return { installation, server: own.server, sites: [own, ...nobodys] };
}

function headline(installation, server) {
  const words = text.install.titles;
  const state = stateOf(installation);
  const { all, minutes } = installation.recent ?? {};
  if (state === "arriving") {
    return fillText(format.plural(words.arriving, all.recent_events), { minutes });
  }
  return fillText(words[state], { minutes, ago: state === "earlier" && agoText(all.last_at, server.now) });
}
