// Who is here now. Asked again while somebody looks; nothing is announced, since it changes all the time.

import { askReport } from "../api.js";
import { html } from "../html.js";
import { amountOf } from "../overview-question.js";
import { fillText } from "../sentence.js";
import { eventLabel, format, text } from "../strings/index.js";
import { useAgainEvery, useAnswer } from "./ask.js";
import { Name, Touchpoint } from "./name.js";

const ASK_EVERY_MS = 10_000;
const PLACES = 5;
const EVENTS = 6;
const BARS_HEIGHT = 40;

/** `narrowed` says that what stands around it is not about everybody. */
export function Live({ site, currency, narrowed }) {
  const words = text.overview.live;
  const report = useAnswer((body, signal) => askReport(site.key, "live", body, signal), { limit: PLACES });
  useAgainEvery(ASK_EVERY_MS, report);
  const { answer, error } = report;
  return html`
    <section class="card" aria-labelledby="live-heading">
      <h2 id="live-heading">${words.heading}</h2>
      ${narrowed && html`<p class="quiet note">${words.everybody}</p>`}
      ${error && html`<p class="quiet">${text.errors.no_answer}</p>`}
      ${answer && html`<${Present} answer=${answer} currency=${currency} timeZone=${site.time_zone} />`}
      ${!answer && !error && html`<p class="quiet">${text.loading}</p>`}
    </section>
  `;
}

function Present({ answer, currency, timeZone }) {
  const words = text.overview.live;
  const { carts, value_minor } = answer.open_carts;
  const money = format.money(amountOf(value_minor, currency), currency);
  return html`
    <p class="live-now"><span class="figure" data-live="visitors">${format.count(answer.visitors_5_minutes)}</span> ${words.now}</p>
    <${Minutes} minutes=${answer.minutes} timeZone=${timeZone} />
    <p class="quiet note">${format.plural(words.lately, answer.visitors_30_minutes)}</p>
    <${MinuteTable} minutes=${answer.minutes} timeZone=${timeZone} />
    <p>${carts === 0 ? words.no_carts : fillText(format.plural(words.carts, carts), { money })}</p>
    ${answer.touchpoints.length > 0 && html`<${Places} heading=${words.places} rows=${answer.pages} />`}
    ${answer.events.length > 0 && html`<${Latest} events=${answer.events.slice(0, EVENTS)} timeZone=${timeZone} />`}
  `;
}

function Minutes({ minutes, timeZone }) {
  const most = Math.max(1, ...minutes.map(({ visitors }) => visitors));
  const pitch = 100 / minutes.length;
  const said = fillText(text.overview.live.minutes, { most: format.count(Math.max(...minutes.map(({ visitors }) => visitors))) });
  return html`
    <svg class="minutes" width="100%" height=${BARS_HEIGHT} role="img" aria-label=${said}>
      ${minutes.map(({ from, visitors }, index) => {
        const height = visitors === 0 ? 1 : Math.max(3, (visitors / most) * BARS_HEIGHT);
        return html`
          <rect key=${from} class=${visitors === 0 ? "minute-empty" : "mark-reached"} x=${`${index * pitch}%`} width=${`${pitch * 0.7}%`} y=${BARS_HEIGHT - height} height=${height}>
            <title>${`${format.instant(from, timeZone)}: ${format.plural(text.units.visitor.forms, visitors)}`}</title>
          </rect>
        `;
      })}
    </svg>
  `;
}

// The bars' twin.
function MinuteTable({ minutes, timeZone }) {
  const words = text.overview.live;
  return html`
    <details class="twin">
      <summary>${words.by_minute}</summary>
      <table>
        <caption class="unseen">${words.by_minute}</caption>
        <thead><tr><th scope="col">${words.minute}</th><th scope="col" class="number">${text.units.visitor.noun}</th></tr></thead>
        <tbody>
          ${minutes.map(({ from, visitors }) => html`<tr key=${from}><th scope="row">${format.time(from, timeZone)}</th><td class="number">${format.count(visitors)}</td></tr>`)}
        </tbody>
      </table>
    </details>
  `;
}

function Places({ heading, rows }) {
  return html`
    <h3>${heading}</h3>
    <ul class="live-list">
      ${rows.map(({ value, visitors }) => html`<li key=${value}><${Name} of=${text.values[value] ?? value} /><span>${format.count(visitors)}</span></li>`)}
    </ul>
  `;
}

function Latest({ events, timeZone }) {
  const time = (at) => format.time(at, timeZone);
  return html`
    <h3>${text.overview.live.latest}</h3>
    <ul class="live-list">
      ${events.map(
        ({ at, event, page, touchpoint }, index) => html`
          <li key=${index}><span><${Name} of=${eventLabel(event)} /> <span class="quiet">${page === "(none)" ? html`<${Touchpoint} of=${touchpoint} />` : html`<${Name} of=${page} />`}</span></span><span class="quiet">${time(at)}</span></li>
        `,
      )}
    </ul>
  `;
}
