// Who comes back: cohorts by their first visit or first order, followed over days, weeks or months; and how loyal people are.

import { askReport } from "../api.js";
import { Triangle } from "../charts/triangle.js";
import { html } from "../html.js";
import { Answer } from "../parts/answer.js";
import { useAnswer } from "../parts/ask.js";
import { CohortTable } from "../parts/cohort-table.js";
import { Choice } from "../parts/fields.js";
import { BoughtTimes, LoyaltyFigures } from "../parts/loyalty.js";
import { SavePicture, SaveTable } from "../parts/saving.js";
import { Sharing } from "../parts/sharing.js";
import { ReportSkeleton } from "../parts/skeleton.js";
import { Title } from "../parts/title.js";
import { CALENDAR, COHORTS, RETURNS, UNITS, parseRetentionView, retentionRequest, sizesOf } from "../retention-question.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

export function Retention({ site, me, scope, own, setOwn }) {
  const view = parseRetentionView(own);
  const asked = { request: retentionRequest(scope, view), view };
  const report = useAnswer(({ request }, signal) => askReport(site.key, "retention", request, signal), asked);
  const show = (answer, { view: answered }) => html`<${Found} answer=${answer} view=${answered} filtered=${scope.where.length > 0} />`;
  return html`
    <${Title} site=${site} ...${titleOf(report)} />
    <${Question} view=${view} setOwn=${setOwn} />
    <${Answer} report=${report} skeleton=${html`<${ReportSkeleton} bars=${0} rows=${8} />`} reset=${() => setOwn({ by: "month" })}>${show}<//>
    ${report.answer && html`<${Sharing} site=${site} me=${me} report="retention" request=${asked.request} />`}
  `;
}

/** The retention of a share link. */
export function SharedRetention({ site, question, report, children }) {
  const view = parseRetentionView(new Map(Object.entries(question)));
  return html`
    <${Title} site=${site} ...${titleOf({ ...report, answered: { view } })} />
    ${children}
    <div class="answer" aria-busy="false"><${Found} answer=${report.answer} view=${view} filtered=${question.where?.length > 0} /></div>
  `;
}

function Found({ answer, view, filtered }) {
  if (sizesOf(answer).size === 0 && answer.loyalty.buyers_to_date === 0) {
    return html`<section class="card notice"><p>${text.retention.nobody_lead}</p></section>`;
  }
  const words = text.retention.triangle;
  const heading = words.heading[view.returning];
  return html`
    <section class="card">
      <div class="card-head"><h2>${heading}</h2><${SaveTable} what=${heading} /><${SavePicture} what=${heading} /></div>
      <${Triangle} answer=${answer} view=${view} />
      <p class="quiet note legend">${words.legend}</p>
      <${Method} answer=${answer} view=${view} filtered=${filtered} />
    </section>
    <${CohortTable} answer=${answer} view=${view} />
    <${LoyaltyFigures} loyalty=${answer.loyalty} method=${answer.method} />
    <${BoughtTimes} loyalty=${answer.loyalty} />
  `;
}

function Question({ view, setOwn }) {
  const words = text.retention.question;
  const choice = (name, choices, labels) =>
    html`<${Choice} key=${name} label=${words[name]} value=${view[name]} onChoose=${(chosen) => setOwn({ [name]: chosen === choices[0] ? null : chosen })}
      options=${choices.map((value) => ({ value, label: labels[value] }))} />`;
  const nouns = Object.fromEntries(UNITS.map((unit) => [unit, text.units[unit].noun]));
  return html`
    <div class="controls" role="group" aria-label=${words.heading}>
      ${choice("unit", UNITS, nouns)} ${choice("cohort", COHORTS, words.cohorts)} ${choice("returning", RETURNS, words.returns)} ${choice("by", CALENDAR, words.calendar)}
    </div>
  `;
}

// What was found, in a sentence: those who came back in the unit after their own.
function titleOf({ answer, answered, error, cancelled }) {
  const words = text.retention.titles;
  if (!answer) {
    return { said: error || cancelled ? text.errors.no_answer : words.loading, lead: "" };
  }
  const { view } = answered;
  const { size, returned } = sizesOf(answer);
  if (size === 0) {
    return { said: words.nobody[view.cohort], lead: "" };
  }
  const leads = view.returning === "visit" ? words.lead : words.lead_order;
  const lead = fillText(leads[view.cohort], { people: format.plural(text.units[view.unit].forms, size), returned: format.count(returned) });
  const next = answer.total[1];
  // Who has never bought does not buy again.
  const found = view.returning === "order" && view.cohort === "first_visit" ? words.first_order : words[view.returning];
  return { said: next ? fillText(found[view.by], { share: format.share(next.rate) }) : words.too_early, lead };
}

function Method({ answer, view, filtered }) {
  const { method, as_of, data_through: through, unlinked_visitors: unlinked } = answer;
  const words = text.retention.method;
  const zone = method.time_zone;
  const period = format.period({ from: method.from.slice(0, 10), to: method.to.slice(0, 10) });
  const sentences = [
    fillText(words[view.cohort], { each: text.units[view.unit].each, period, time_zone: zone, as_of: format.instant(as_of, zone) }),
    words[view.returning],
    words.together,
    view.unit === "customer" && fillText(words.customers, { unlinked: format.plural(text.units.visitor.forms, unlinked ?? 0) }),
    filtered && words.filters,
    method.segment && text.segment_only,
    words.loyalty,
    through && fillText(text.fresh, { at: format.instant(through, zone) }),
  ];
  return html`<p class="quiet method">${sentences.filter(Boolean).join(" ")}</p>`;
}
