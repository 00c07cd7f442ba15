// What the holder of a share link sees: one report, its question frozen in the link. The token is in the
// fragment, which browsers keep to themselves: it reaches no log.

import { useState } from "../vendor/hooks.js";
import { askShared, fetchShare } from "../api.js";
import { html } from "../html.js";
import { useAnswer } from "../parts/ask.js";
import { ErrorNotice, Notice } from "../parts/notice.js";
import { ReportSkeleton } from "../parts/skeleton.js";
import { fill } from "../sentence.js";
import { LABELS, sharedQuestion } from "../funnel-question.js";
import { format, text } from "../strings/index.js";
import { Numbers, Title } from "./funnel.js";

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
  if (share.answer.report !== "funnel") {
    return html`<${Notice} title=${text.share.for_programs} lead=${text.share.for_programs_lead} />`;
  }
  return html`<${SharedFunnel} token=${token} share=${share.answer} />`;
}

function SharedFunnel({ token, share }) {
  const report = useAnswer((key, signal) => askShared(token, key, signal), share.site.key);
  const [view, setView] = useState({ labels: LABELS[0], sort: "-entered" });
  if (report.error) {
    return html`<${ErrorNotice} error=${report.error} retry=${report.again} />`;
  }
  if (!report.answer) {
    return html`<${ReportSkeleton} bars=${share.question.steps.length} rows=${share.question.steps.length} />`;
  }
  const question = sharedQuestion(share.question, report.answer);
  const words = {
    site: html`<bdi>${share.site.name}</bdi>`,
    period: format.period(question),
    until: format.instant(share.expires_at, share.site.time_zone),
  };
  return html`
    <${Title} site=${share.site} report=${{ ...report, answered: { question } }} noData=${false} />
    <p class="quiet">${share.name && html`<bdi>${share.name}</bdi> · `}${fill(text.share.about, words)}</p>
    <div class="answer" aria-busy=${report.running ? "true" : "false"}>
      <${Numbers} answer=${report.answer} answered=${question} question=${{ ...question, ...view }} site=${share.site} asker=${false}
        onChange=${({ labels, sort }) => setView({ labels, sort })} />
    </div>
  `;
}
