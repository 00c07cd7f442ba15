// What the program was started with. It is read only here: it is changed where it was written.

import { fetchProgramSettings } from "../api-settings.js";
import { html } from "../html.js";
import { fill } from "../sentence.js";
import { text } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Name } from "./name.js";
import { ErrorNotice } from "./notice.js";
import { ReportSkeleton } from "./skeleton.js";

export function SettingsServer() {
  const words = text.settings.server;
  const { answer, error, again } = useAnswer((_, signal) => fetchProgramSettings(signal), "settings");
  if (error) {
    return html`<${ErrorNotice} error=${error} retry=${again} />`;
  }
  if (!answer) {
    return html`<${ReportSkeleton} bars=${0} rows=${8} />`;
  }
  const sections = Map.groupBy(answer.settings, ({ key }) => key.split(".")[0]);
  const code = (words_of) => html`<code>${words_of}</code>`;
  return html`
    <section class="card">
      <p>${fill(words.how, { option: code("--config FILE"), variable: code("STYK_JOURNAL_KEEP_HOURS=168"), command: code("styk config") })}</p>
    </section>
    ${[...sections].map(
      ([name, settings]) => html`
        <section class="card" key=${name}>
          <h2>${words.sections[name] ?? name}</h2>
          <dl class="statements program">
            ${settings.map(
              ({ key, value, default: usual, about }) => html`
                <div key=${key}>
                  <dt><code><${Name} of=${key} /></code></dt>
                  <dd>
                    <strong><code>${value}</code></strong>${value !== usual && html` <span class="quiet">${fill(words.usual, { value: code(usual) })}</span>`}
                    <span class="quiet about" lang="en">${about}</span>
                  </dd>
                </div>
              `,
            )}
          </dl>
        </section>
      `,
    )}
  `;
}
