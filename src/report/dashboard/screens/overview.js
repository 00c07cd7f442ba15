// The overview: how the shop does, beside the period before, and who is here now.

import { useState } from "../vendor/hooks.js";
import { askReport } from "../api.js";
import { html } from "../html.js";
import { Link, goTo } from "../navigation.js";
import { notesByBucket } from "../notes-axis.js";
import { LISTS, amountOf, currenciesOf, overviewRequest } from "../overview-question.js";
import { Answer } from "../parts/answer.js";
import { useAnswer } from "../parts/ask.js";
import { Segments } from "../parts/fields.js";
import { Live } from "../parts/live.js";
import { MiniFunnel } from "../parts/mini-funnel.js";
import { useNotes } from "../parts/notes.js";
import { OverviewFigures } from "../parts/overview-figures.js";
import { OverviewLists } from "../parts/overview-lists.js";
import { OverviewNotes } from "../parts/overview-notes.js";
import { OverviewTrend } from "../parts/overview-trend.js";
import { Sharing } from "../parts/sharing.js";
import { ReportSkeleton } from "../parts/skeleton.js";
import { Title } from "../parts/title.js";
import { screenAddress } from "../scope.js";
import { fillText } from "../sentence.js";
import { format, spanText, text } from "../strings/index.js";

export function Overview({ site, me, scope, own, setOwn }) {
  const { notes, again: lookAgain } = useNotes(site);
  const asked = overviewRequest(scope);
  const report = useAnswer((body, signal) => askReport(site.key, "overview", body, signal), asked);
  const currencies = report.answer ? currenciesOf(report.answer, site.currency) : [site.currency];
  const currency = currencies.includes(own.get("currency")) ? own.get("currency") : currencies[0];
  const by = LISTS.includes(own.get("by")) ? own.get("by") : LISTS[0];
  const show = (answer) =>
    answer.total.visitors === 0
      ? html`<${Nobody} site=${site} scope=${scope} />`
      : html`
          <${Figures} answer=${answer} site=${site} scope=${scope} me=${me} currency=${currency} at=${notesByBucket(notes, answer.trend.buckets, scope.to)} onNotes=${lookAgain} />
          <${OverviewLists} site=${site} scope=${scope} top=${answer.top} currency=${currency} by=${by} onBy=${(chosen) => setOwn({ by: chosen })} />
        `;
  return html`
    <${Title} site=${site} ...${titleOf(report, currency)} />
    <${Currencies} currencies=${currencies} value=${currency} onChoose=${(chosen) => setOwn({ currency: chosen })} />
    <div class="overview">
      <div>
        <${Answer} report=${report} skeleton=${html`<${ReportSkeleton} bars=${0} rows=${8} />`} reset=${() => goTo(screenAddress(site.key, "overview"))}>${show}<//>
      </div>
      <div>
        <${Live} site=${site} currency=${currency} narrowed=${scope.where.length + scope.segment.length > 0} />
        ${report.answer?.total.visitors > 0 && html`<${MiniFunnel} site=${site} scope=${scope} currency=${currency} />`}
      </div>
    </div>
    ${report.answer?.total.visitors > 0 && html`<${Sharing} site=${site} me=${me} report="overview" request=${asked} />`}
  `;
}

/** The overview of a share link: it leads nowhere, and notes are not in it. */
export function SharedOverview({ site, report, children }) {
  const { answer } = report;
  const currencies = currenciesOf(answer, site.currency);
  const [{ currency, by }, setView] = useState({ currency: currencies[0], by: LISTS[0] });
  const choose = (changes) => setView({ currency, by, ...changes });
  return html`
    <${Title} site=${site} ...${titleOf(report, currency)} />
    ${children}
    <${Currencies} currencies=${currencies} value=${currency} onChoose=${(chosen) => choose({ currency: chosen })} />
    <div class="answer alone" aria-busy="false">
      <${Figures} answer=${answer} site=${site} scope=${null} currency=${currency} at=${notesByBucket([], answer.trend.buckets)} />
      <${OverviewLists} site=${site} scope=${null} top=${answer.top} currency=${currency} by=${by} onBy=${(chosen) => choose({ by: chosen })} />
    </div>
  `;
}

function Currencies({ currencies, value, onChoose }) {
  const options = currencies.map((currency) => ({ value: currency, label: currency }));
  return currencies.length > 1 && html`<div class="currencies"><${Segments} label=${text.overview.currency} value=${value} onChoose=${onChoose} options=${options} /></div>`;
}

// What has days in it, with the notes on them. `scope` is null where nothing leads elsewhere, and `me` is missing.
function Figures({ answer, site, scope, me, currency, at, onNotes }) {
  return html`
    <${OverviewFigures} answer=${answer} site=${site} scope=${scope} currency=${currency} at=${at} />
    <${Method} answer=${answer} site=${site} />
    ${me && html`<${OverviewNotes} site=${site} me=${me} trend=${answer.trend} at=${at} onChanged=${onNotes} />`}
    <${OverviewTrend} trend=${answer.trend} currency=${currency} timeZone=${site.time_zone} at=${at} />
  `;
}

// What was earned, and against what: the question's answer as the title.
function titleOf({ answer, error, cancelled }, currency) {
  const words = text.overview.titles;
  if (!answer) {
    return { said: error || cancelled ? text.errors.no_answer : words.loading };
  }
  const { total, compare } = answer;
  if (total.visitors === 0) {
    return { said: words.nobody };
  }
  const money = format.money(amountOf(total.net_minor, currency), currency);
  const orders = format.plural(words.orders, total.orders);
  const before = compare && fillText(words.before, {
    money: format.money(amountOf(compare.total.net_minor, currency), currency),
    orders: format.plural(words.orders, compare.total.orders),
  });
  const visits = fillText(words.visits, {
    visitors: format.plural(text.units.visitor.forms, total.visitors),
    sessions: format.plural(text.units.session.forms, total.sessions),
  });
  return { said: total.orders === 0 ? words.no_orders : fillText(words.earned, { money, orders }), lead: [visits, before].filter(Boolean).join(" ") };
}

function Nobody({ site, scope }) {
  const words = text.overview.nobody;
  return html`
    <section class="card notice">
      <p>${fillText(words.lead, { period: format.period(scope) })}</p>
      <${Link} class="button" href=${screenAddress(site.key, "install")}>${words.install}<//>
    </section>
  `;
}

function Method({ answer, site }) {
  const { method, data_through, compare } = answer;
  const words = text.overview.method;
  const zone = method.time_zone ?? site.time_zone;
  const carts = fillText(words.carts, { span: spanText(method.cart_abandoned_after_seconds) });
  const fresh = data_through && fillText(text.fresh, { at: format.instant(data_through, zone) });
  return html`<p class="quiet method">${[words.orders, carts, compare && words.compare, method.segment && text.segment_only, fillText(words.zone, { zone }), fresh].filter(Boolean).join(" ")}</p>`;
}
