// The screen of carts that were left: how much is lost and can be won back, where, why, and which carts they are.

import { useRef, useState } from "../vendor/hooks.js";
import { askAbandonment } from "../api.js";
import { MEASURES, abandonmentRequest, parseCartsView } from "../carts-question.js";
import { barsOf } from "../charts/day-bars.js";
import { DaysChart } from "../charts/days.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { notesByBucket } from "../notes-axis.js";
import { Answer } from "../parts/answer.js";
import { useAnswer } from "../parts/ask.js";
import { CartBreakdowns } from "../parts/cart-breakdowns.js";
import { CartDays } from "../parts/cart-days.js";
import { CartFigures } from "../parts/cart-figures.js";
import { CartHistory } from "../parts/cart-history.js";
import { CartList } from "../parts/cart-list.js";
import { Choice, Segments } from "../parts/fields.js";
import { NoteMarks, useNotes } from "../parts/notes.js";
import { SavePicture } from "../parts/saving.js";
import { Sharing } from "../parts/sharing.js";
import { Title } from "../parts/title.js";
import { answeredDays, presetPeriod, todayIn } from "../period.js";
import { screenAddress } from "../scope.js";
import { fillText } from "../sentence.js";
import { format, spanText, text } from "../strings/index.js";

export function Abandonment({ site, me, scope, own, setOwn }) {
  const view = parseCartsView(own);
  const asked = abandonmentRequest(scope, view);
  const report = useAnswer((request, signal) => askAbandonment(site.key, request, signal), asked);
  const { notes } = useNotes(site);
  const currency = view.currency ?? site.currency;
  const currencies = useCurrencies(report.answer, [site.currency, currency]);
  const total = report.answer?.total;
  const list = useRef(null);
  const showCarts = () => {
    setOwn({ state: null, sort: null, row: null, offset: null });
    requestAnimationFrame(() => list.current?.focus());
  };
  const showRow = (by, value) => setOwn({ row: `${by}:${value}`, offset: null, state: by === "recovered_by" ? "recovered" : "all" });
  return html`
    <${Title} site=${site} said=${titleOf(report, currency)} lead=${total?.opened > 0 && leadOf(total)} />
    <${Answer} report=${report} reset=${() => setOwn({ currency: null })}>
      ${(answer) =>
        answer.total.opened === 0
          ? html`<${NoCarts} site=${site} scope=${scope} />`
          : html`<${Found} answer=${answer} site=${site} notes=${notes} view=${view} currency=${currency} currencies=${currencies} setOwn=${setOwn} onCarts=${showCarts} onRow=${showRow} />`}
    <//>
    ${view.cart && html`<${CartHistory} key=${view.cart} site=${site} cart=${view.cart} onClose=${() => setOwn({ cart: null })} />`}
    ${total?.opened > 0 && html`<${CartList} site=${site} scope=${scope} view=${view} heading=${list} setOwn=${setOwn} />`}
    ${total?.opened > 0 && html`<${Sharing} site=${site} me=${me} report="abandonment" request=${asked} />`}
  `;
}

/** The abandonment of a share link: which carts they are is not in it, nor are notes. */
export function SharedAbandonment({ site, question, report, children }) {
  const { answer } = report;
  const [view, setView] = useState({ currency: question.currency ?? site.currency, show: MEASURES[0] });
  const currencies = useCurrencies(answer, [view.currency]);
  const change = (changes) => setView({ ...view, ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null)) });
  return html`
    <${Title} site=${site} said=${titleOf(report, view.currency)} lead=${answer.total.opened > 0 && leadOf(answer.total)} />
    ${children}
    ${answer.total.opened > 0 && html`<div class="answer" aria-busy="false">
      <${Found} answer=${answer} site=${site} notes=${[]} view=${{ measure: view.show }} currency=${view.currency} currencies=${currencies} setOwn=${change} />
    </div>`}
  `;
}

// Without `onCarts` and `onRow` nothing leads to the carts themselves.
function Found({ answer, site, notes, view, currency, currencies, setOwn, onCarts, onRow }) {
  const words = text.abandonment.chart;
  const { to } = answeredDays(answer.method);
  const at = notesByBucket(notes, answer.days, to);
  const measures = MEASURES.map((value) => ({ value, label: words.measures[value] }));
  return html`
    ${currencies.length > 1 &&
    html`<div class="controls"><${Choice} label=${text.abandonment.currency} value=${currency} options=${currencies.map((value) => ({ value, label: value }))}
      onChoose=${(chosen) => setOwn({ currency: chosen === site.currency ? null : chosen })} /></div>`}
    <${CartFigures} answer=${answer} currency=${currency} onCarts=${onCarts} />
    <section class="card">
      <div class="card-head">
        <h2>${words.heading}</h2>
        <${Segments} label=${words.show} options=${measures} value=${view.measure} onChoose=${(show) => setOwn({ show: show === MEASURES[0] ? null : show })} />
        <${SavePicture} what=${words.heading} />
      </div>
      <${DaysChart} answer=${answer} measure=${view.measure} currency=${currency} />
      <${NoteMarks} at=${notesByBucket(notes, barsOf(answer.days, view.measure, currency), to)} manner="bars" site=${site} />
      <${Method} answer=${answer} />
    </section>
    <${CartDays} answer=${answer} currency=${currency} at=${at} />
    <${CartBreakdowns} answer=${answer} currency=${currency} onRow=${onRow} />
  `;
}

function titleOf({ answer, error, cancelled }, currency) {
  const words = text.abandonment.titles;
  if (!answer) {
    return error || cancelled ? text.errors.no_answer : words.loading;
  }
  const { total } = answer;
  const lost = total.value_lost_minor[currency] ?? 0;
  if (lost > 0) {
    const money = (minor) => format.chartMoney(minor ?? 0, currency);
    const recoverable = total.value_recoverable_minor[currency];
    return fillText(recoverable === lost ? words.lost_all : words.lost, { lost: money(lost), recoverable: money(recoverable) });
  }
  if (total.opened === 0) {
    return words.none;
  }
  return total.recovered > 0 ? words.only_recovered : words.none_left;
}

const leadOf = ({ opened, ever_abandoned }) => fillText(format.plural(text.abandonment.lead, opened), { left: format.count(ever_abandoned) });

function Method({ answer }) {
  const { method, compare, data_through: through } = answer;
  const words = text.abandonment;
  const said = fillText(words.method, {
    period: format.period(answeredDays(method)),
    time_zone: method.time_zone,
    as_of: format.instant(answer.as_of, method.time_zone),
    abandoned: spanText(method.cart_abandoned_after_seconds),
    expires: spanText(method.cart_expires_after_seconds),
  });
  return html`
    <p class="quiet method">
      ${said} ${method.segment && `${text.segment_only} `}${compare && fillText(words.compared, { period: format.period(answeredDays(compare)) })}
      ${" "}${through && fillText(text.fresh, { at: format.instant(through, method.time_zone) })}
    </p>
  `;
}

function NoCarts({ site, scope }) {
  const words = text.abandonment.empty;
  const longer = presetPeriod("last_90_days", todayIn(site.time_zone, new Date()));
  return html`
    <section class="card notice">
      <p>${fillText(words.lead, { period: format.period(scope) })}</p>
      <p class="quiet">${words.hint}</p>
      <div class="actions">
        ${scope.from > longer.from && html`<${Link} class="button primary" href=${screenAddress(site.key, "abandonment", { ...scope, ...longer })}>${words.longer}<//>`}
        <${Link} class="button" href=${screenAddress(site.key, "install")}>${words.install}<//>
      </div>
    </section>
  `;
}

// An answer of one currency does not say which others there are: those seen before are kept.
function useCurrencies(answer, own) {
  const seen = useRef(new Set());
  const sums = answer ? Object.entries(answer.total).filter(([name]) => name.startsWith("value_")) : [];
  [...own, ...sums.flatMap(([, amounts]) => Object.keys(amounts))].forEach((code) => seen.current.add(code));
  return [...seen.current];
}
