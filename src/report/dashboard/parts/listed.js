// A list that the server keeps: its rows as a table, or what stands there while there are none or no answer yet.

import { html } from "../html.js";
import { text } from "../strings/index.js";
import { ErrorNotice } from "./notice.js";
import { ReportSkeleton } from "./skeleton.js";

/** `asked` is what useAnswer returns, `columns` the headings; `rows(answer)` gives elements, one a row. */
export function Listed({ asked, caption, none, columns, rows }) {
  if (asked.error) {
    return html`<${ErrorNotice} error=${asked.error} retry=${asked.again} />`;
  }
  if (!asked.answer) {
    return html`<${ReportSkeleton} bars=${0} rows=${3} />`;
  }
  const shown = rows(asked.answer);
  if (shown.length === 0) {
    return html`<p class="quiet">${none}</p>`;
  }
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${caption}>
      <table class="listed">
        <caption class="unseen">${caption}</caption>
        <thead><tr>${columns.map((name) => html`<th key=${name} scope="col">${name}</th>`)}<th scope="col"><span class="unseen">${text.settings.actions}</span></th></tr></thead>
        <tbody>${shown}</tbody>
      </table>
    </div>
  `;
}
