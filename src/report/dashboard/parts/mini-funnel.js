// The way to an order in four bars, and the place where most money was left on it.

import { askReport } from "../api.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { amountOf, biggestLeak, leakRequest, stepsRequest } from "../overview-question.js";
import { screenAddress } from "../scope.js";
import { fill } from "../sentence.js";
import { eventLabel, format, text } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Name, Touchpoint } from "./name.js";

export function MiniFunnel({ site, scope, currency }) {
  const words = text.overview.way;
  const report = useAnswer((body, signal) => askReport(site.key, "funnel", body, signal), stepsRequest(scope));
  return html`
    <section class="card">
      <h2>${words.heading}</h2>
      ${report.error && html`<p class="quiet">${text.errors.no_answer}</p>`}
      ${report.answer && html`<${Steps} steps=${report.answer.steps} />`}
      <${Leak} site=${site} scope=${scope} currency=${currency} />
      <p class="card-link">
        <${Link} href=${screenAddress(site.key, "funnel", scope)}>${words.whole}<//>
        <${Link} href=${screenAddress(site.key, "dropoff", scope)}>${words.leaks}<//>
      </p>
    </section>
  `;
}

function Steps({ steps }) {
  const first = steps[0].reached;
  return html`
    <ol class="way">
      ${steps.map(
        ({ step, label, reached, conversion_rate }) => html`
          <li key=${step}>
            <span><${Name} of=${eventLabel(label)} /></span>
            <span class="way-count">${format.count(reached)} <span class="quiet">${format.share(conversion_rate)}</span></span>
            <svg class="way-bar" width="100%" height="8" aria-hidden="true">
              <rect class="way-track" width="100%" height="8" rx="2" />
              <rect class="mark-reached" width=${`${first === 0 ? 0 : (100 * reached) / first}%`} height="8" rx="2" />
            </svg>
          </li>
        `,
      )}
    </ol>
  `;
}

/** The biggest leak as a sentence with the money in it. */
export function Leak({ site, scope, currency }) {
  const words = text.overview.leak;
  const report = useAnswer((body, signal) => askReport(site.key, "dropoff", body, signal), leakRequest(scope, currency));
  if (!report.answer) {
    return html`<p class="worst-leak quiet">${report.error ? text.errors.no_answer : text.loading}</p>`;
  }
  const leak = biggestLeak(report.answer, currency);
  const values = leak && {
    money: html`<strong>${format.money(amountOf(leak.value_at_exit_minor, currency), currency)}</strong>`,
    sessions: format.plural(text.units.session.forms, leak.exits_with_cart),
    place: html`<${Link} href=${screenAddress(site.key, "dropoff", scope, `touchpoint=${encodeURIComponent(leak.touchpoint)}`)}><${Touchpoint} of=${leak.touchpoint} /><//>`,
  };
  return html`<p class="worst-leak">${leak ? fill(words.found, values) : words.none}</p>`;
}
