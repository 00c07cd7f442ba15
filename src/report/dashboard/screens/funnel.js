// The funnel screen: how many got how far, and where most were lost. The address is the question;
// this screen asks it, and writes every change back into the address.

import { useEffect, useState } from "../vendor/hooks.js";
import { askFunnel, fetchFields } from "../api.js";
import { FunnelChart } from "../charts/funnel.js";
import { Legend } from "../charts/legend.js";
import { headline } from "../findings.js";
import { BREAKDOWNS, LABELS, TRENDS, funnelAddress, funnelRequest, parseFunnelQuestion, sharedQuestion, stepAlone } from "../funnel-question.js";
import { html } from "../html.js";
import { later } from "../later.js";
import { Link, goTo, replaceWith } from "../navigation.js";
import { Answer } from "../parts/answer.js";
import { useAnswer } from "../parts/ask.js";
import { Fell } from "../parts/fell.js";
import { Segments } from "../parts/fields.js";
import { Figures } from "../parts/figures.js";
import { Method } from "../parts/method.js";
import { Name } from "../parts/name.js";
import { Question } from "../parts/question.js";
import { SavePicture } from "../parts/saving.js";
import { ReportSkeleton } from "../parts/skeleton.js";
import { SavedFunnels } from "../parts/saved-funnels.js";
import { Sharing } from "../parts/sharing.js";
import { StepTable } from "../parts/step-table.js";
import { answeredLabel, stepLabel } from "../parts/step-words.js";
import { Steps } from "../parts/steps.js";
import { presetPeriod, todayIn } from "../period.js";
import { screenAddress } from "../scope.js";
import { fill, fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

const Breakdown = later(() => import("../parts/breakdown.js"), "Breakdown");
const Histogram = later(() => import("../charts/histogram.js"), "Histogram");
const Install = later(() => import("../parts/install.js"), "Install", "install");
const People = later(() => import("../parts/people.js"), "People");
const Trend = later(() => import("../parts/noted-trend.js"), "NotedTrend", "notes");

export function Funnel({ site, me, search }) {
  const today = todayIn(site.time_zone, new Date());
  const question = parseFunnelQuestion(search, today);
  const change = (changed) => goTo(funnelAddress(site.key, changed));
  const report = useAnswer((asked, signal) => askFunnel(site.key, asked.request, signal), {
    request: funnelRequest(question),
    question: numbersOnly(question),
  });
  // What occurs at all is only asked where nobody was found.
  const nobody = report.answer?.steps[0].reached === 0;
  const fields = useAnswer(async (needed, signal) => (needed ? fetchFields(site.key, signal) : null), nobody);
  const [open, setOpen] = useState(false);
  useWholeAddress(site, question, search);
  const events = eventsOf(fields.answer);
  const empty = nobody && events?.length === 0;
  const again = () => {
    fields.again();
    report.again();
  };
  return html`
    <${Title} site=${site} report=${report} noData=${empty} aloneAt=${aloneAddresses(site, question)} />
    <${SavedFunnels} site=${site} question=${question} today=${today} role=${me.role} onOpen=${change} />
    <${Question} question=${question} onChange=${change} />
    <${Steps} site=${site} question=${question} open=${open} onOpen=${setOpen} onChange=${change} />
    ${empty
      ? html`<${Install} site=${site} lookAgain=${again} />`
      : html`<${Found} site=${site} report=${report} question=${question} today=${today} events=${events} wondering=${nobody && !fields.answer && !fields.error}
          onChange=${change} onSteps=${() => setOpen(true)} />`}
    ${report.answer && !empty && html`<${Sharing} site=${site} me=${me} report="funnel" request=${funnelRequest(question)} />`}
  `;
}

/** The funnel of a share link. */
export function SharedFunnel({ site, question: frozen, report, children }) {
  const [view, setView] = useState({ labels: LABELS[0], sort: "-entered" });
  const question = sharedQuestion(frozen, report.answer);
  return html`
    <${Title} site=${site} report=${{ ...report, answered: { question } }} noData=${false} />
    ${children}
    <div class="answer" aria-busy="false">
      <${Numbers} answer=${report.answer} answered=${question} question=${{ ...question, ...view }} site=${site} asker=${false}
        onChange=${({ labels, sort }) => setView({ labels, sort })} />
    </div>
  `;
}

// `wondering` while it is not known yet what occurs at all.
function Found({ site, report, question, today, events, wondering, onChange, onSteps }) {
  const skeleton = html`<${ReportSkeleton} bars=${question.steps.length} rows=${question.steps.length} />`;
  const reset = () => goTo(screenAddress(site.key, "funnel"));
  const show = (answer, { question: answered }) => {
    if (answer.steps[0].reached > 0) {
      return html`<${Numbers} answer=${answer} answered=${answered} question=${question} site=${site} asker=${true} onChange=${onChange} />`;
    }
    return wondering
      ? skeleton
      : html`<${NobodyEntered} question=${answered} today=${today} events=${events}
          onSteps=${onSteps} onPeriod=${(period) => onChange({ ...question, ...period })} />`;
  };
  return html`<${Answer} report=${report} skeleton=${skeleton} reset=${reset}>${show}<//>`;
}

// The numbers of an answer; `answered` is the question they are to. Who stands behind them, only `asker`s of it see.
function Numbers({ answer, answered, question, site, asker, onChange }) {
  const [bar, setBar] = useState(null);
  const request = JSON.stringify(funnelRequest(question));
  useEffect(() => setBar(null), [request]);
  const onBar = asker ? setBar : null;
  const options = LABELS.map((value) => ({ value, label: text.chart.labels[value] }));
  return html`
    <${Figures} answer=${answer} />
    <section class="card">
      <div class="card-head">
        <h2>${text.chart.heading}</h2>
        <${Legend} steps=${answer.steps} />
        <${Segments} label=${text.chart.show} options=${options} value=${question.labels}
          onChoose=${(labels) => onChange({ ...question, labels })} />
        <${SavePicture} what=${text.chart.heading} />
      </div>
      <${FunnelChart} steps=${answer.steps} labels=${question.labels} onBar=${onBar} />
      <${Method} answer=${answer} question=${answered} timeZone=${site.time_zone} />
    </section>
    ${bar && html`<${People} site=${site} request=${funnelRequest(answered)} bar=${bar} steps=${answer.steps} unit=${answered.unit} onClose=${() => setBar(null)} />`}
    <${StepTable} steps=${answer.steps} unit=${answered.unit} compare=${answer.compare} onBar=${onBar} aloneAt=${asker && aloneAddresses(site, question)} />
    ${answered.breakdown !== BREAKDOWNS[0] &&
    html`<${Breakdown} answer=${answer} question=${answered} sort=${question.sort} onSort=${(sort) => onChange({ ...question, sort })} />`}
    ${answered.trend !== TRENDS[0] && answer.trend.length > 0 && html`<${ChartCard} heading=${text.trend.heading}><${Trend} buckets=${answer.trend} to=${answered.to} site=${asker ? site : null} /><//>`}
    ${answer.conversion.histogram.length > 0 && html`<${ChartCard} heading=${text.histogram.heading}><${Histogram} bins=${answer.conversion.histogram} /><//>`}
  `;
}

// Where each step leads that can be asked alone; a funnel of two is one step.
const aloneAddresses = (site, question) =>
  question.steps.length > 2 ? question.steps.map((_, index) => (index > 0 ? funnelAddress(site.key, stepAlone(question, index)) : null)) : null;

function ChartCard({ heading, children }) {
  return html`
    <section class="card">
      <div class="card-head"><h2>${heading}</h2><${SavePicture} what=${heading} /></div>
      ${children}
    </section>
  `;
}

function NobodyEntered({ question, today, events, onSteps, onPeriod }) {
  const first = question.steps[0];
  const longer = presetPeriod("last_30_days", today);
  const known = !events || first.kind !== "event" || events.some(({ value }) => value === first.name);
  const narrowed = question.where.length + first.where.length + question.hold.length > 0;
  const words = { step: html`<strong><${Name} of=${stepLabel(first)} /></strong>`, period: format.period(question) };
  return html`
    <section class="card notice">
      <p>${fill(narrowed ? text.empty.narrowed_lead : text.empty.period_lead, words)} ${!known && text.empty.other_events}</p>
      <div class="actions">
        ${known && question.from > longer.from && html`<button class="primary" onClick=${() => onPeriod(longer)}>${text.empty.try_longer}</button>`}
        <button class=${known ? "" : "primary"} onClick=${onSteps}>${text.empty.choose_steps}</button>
      </div>
    </section>
  `;
}

// What was found, in a sentence; and where it can be looked into.
function Title({ site, report, noData, aloneAt }) {
  const said = titleWords(report, noData);
  const sentence = said.kind === "failed" ? text.errors.no_answer : text.titles[said.kind];
  const plain = fillText(sentence, said.plain);
  useEffect(() => {
    document.title = fillText(text.page, { title: plain, site: site.name });
  }, [plain, site.name]);
  return html`
    <div class="title">
      <h1>${fill(sentence, said.marked)}</h1>
      <p class="quiet">
        ${said.lead && fill(text.titles[said.lead], said.marked)}
        ${report.answer?.breakdown.length > 0 && html` <${Fell} rows=${report.answer.breakdown} field=${report.answered.question.breakdown} />`}
        ${said.kind === "lost" && aloneAt && html` <${Link} href=${aloneAt[said.next]}>${text.titles.follow}<//>`}
      </p>
      <p class="unseen" role="status">${report.answer && !report.running && text.updated}</p>
    </div>
  `;
}

// The title twice: as text for the tab, and with the names from outside kept apart for the page.
function titleWords({ answer, answered, error, cancelled }, noData) {
  if (!answer) {
    return { kind: error || cancelled ? "failed" : "loading", plain: {}, marked: {} };
  }
  const found = noData ? { kind: "no_data" } : headline(answer.steps);
  const count = format.plural(text.units[answered.question.unit].forms, found.count ?? 0);
  const plain = { count, loss: count, step: found.step && answeredLabel(found.step) };
  const marked = {
    ...plain,
    step: found.step && html`<${Name} of=${plain.step} />`,
    next: found.next && html`<${Name} of=${answeredLabel(found.next)} />`,
    share: found.step && format.share(found.step.drop_off_rate),
  };
  const lead = { lost: "lost_lead", underway: "underway_lead" }[found.kind];
  return { kind: found.kind, lead, next: found.step?.step, plain, marked };
}

// A bare address is completed in place, so that what is copied from it asks the same tomorrow.
function useWholeAddress(site, question, search) {
  const whole = funnelAddress(site.key, question);
  useEffect(() => {
    if (location.pathname + search !== whole) {
      replaceWith(whole);
    }
  }, [whole, search]);
}

// What only changes the view must not ask the server again.
function numbersOnly({ labels, sort, ...numbers }) {
  return numbers;
}

function eventsOf(answer) {
  return answer?.fields.find(({ field }) => field === "event")?.values ?? (answer ? [] : null);
}
