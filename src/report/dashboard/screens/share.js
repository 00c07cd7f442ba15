// What the holder of a share link sees: one report, its question frozen in the link. The token is in the
// fragment, which browsers keep to themselves: it reaches no log.

import { askShared, fetchShare } from "../api.js";
import { filterFrom } from "../filters.js";
import { html } from "../html.js";
import { later } from "../later.js";
import { useAnswer } from "../parts/ask.js";
import { ErrorNotice, Notice } from "../parts/notice.js";
import { Chips } from "../parts/scope-bar.js";
import { ReportSkeleton } from "../parts/skeleton.js";
import { answeredDays } from "../period.js";
import { conditionFrom } from "../segment.js";
import { fill } from "../sentence.js";
import { format, text } from "../strings/index.js";

const SegmentChips = later(() => import("../parts/segment-chips.js"), "SegmentChips", "segment", "funnel");

// Each report that a link can show: { site, question, report, children }, with the answer in `report`.
const PAGES = {
  abandonment: later(() => import("./abandonment.js"), "SharedAbandonment", "abandonment", "notes"),
  dropoff: later(() => import("./dropoff.js"), "SharedDropoff", "dropoff"),
  funnel: later(() => import("./funnel.js"), "SharedFunnel", "funnel"),
  overview: later(() => import("./overview.js"), "SharedOverview", "overview", "notes"),
  retention: later(() => import("./retention.js"), "SharedRetention", "retention"),
};

export function Share({ hash }) {
  const token = hash.slice(1);
  const share = useAnswer((asked, signal) => fetchShare(asked, signal), token);
  if (share.error?.code === "link_over") {
    return html`<${Notice} title=${text.share.over} lead=${text.share.over_lead} />`;
  }
  if (share.error) {
    return html`<${ErrorNotice} error=${share.error} retry=${share.again} />`;
  }
  if (!share.answer) {
    return html`<p class="quiet waiting" role="status">${text.loading}</p>`;
  }
  if (!Object.hasOwn(PAGES, share.answer.report)) {
    return html`<${Notice} title=${text.share.for_programs} lead=${text.share.for_programs_lead} />`;
  }
  return html`<${SharedReport} token=${token} share=${share.answer} Page=${PAGES[share.answer.report]} />`;
}

function SharedReport({ token, share, Page }) {
  const report = useAnswer((shared, signal) => askShared(token, shared, signal), share);
  if (report.error) {
    return html`<${ErrorNotice} error=${report.error} retry=${report.again} />`;
  }
  if (!report.answer) {
    return html`<${ReportSkeleton} bars=${share.question.steps?.length ?? 0} rows=${8} />`;
  }
  return html`<${Page} site=${share.site} question=${share.question} report=${report}><${About} share=${share} method=${report.answer.method} /><//>`;
}

// What the link shows, of which days and visitors, and until when.
function About({ share, method }) {
  const { where = [], segment = [] } = share.question;
  const words = {
    site: html`<bdi>${share.site.name}</bdi>`,
    period: format.period(answeredDays(method)),
    until: format.instant(share.expires_at, share.site.time_zone),
  };
  return html`
    <div class="frozen">
      <p class="quiet">${share.name && html`<bdi>${share.name}</bdi> · `}${fill(text.share.about, words)}</p>
      ${where.length > 0 && html`<${Chips} where=${where.map(filterFrom)} />`}
      ${segment.length > 0 && html`<${SegmentChips} segment=${segment.map(conditionFrom)} />`}
    </div>
  `;
}
