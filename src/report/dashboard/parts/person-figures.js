// A person in numbers, and how it first and last came.

import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { Figure } from "./figure.js";
import { amountsText } from "./money.js";
import { Name, Touchpoint } from "./name.js";

export function PersonFigures({ answer, site }) {
  const words = text.visitors.figures;
  const last = answer.visitors.map(({ last_seen_at }) => last_seen_at).toSorted((one, other) => Date.parse(one) - Date.parse(other)).at(-1);
  return html`
    <dl class="card figures" aria-label=${words.heading}>
      <${Figure} name=${words.orders} value=${format.count(answer.orders_total)} note=${fillText(words.orders_note, { value: amountsText(answer.order_value_minor) })} />
      <${Figure} name=${words.carts} value=${format.count(answer.carts_total)} />
      <${Figure} name=${words.sessions} value=${format.count(answer.sessions_total)} note=${fillText(words.sessions_note, { events: format.count(answer.events_total) })} />
      <${Figure} name=${words.last} value=${format.shortDay(last.slice(0, 10))} note=${format.instant(last, site.time_zone)} />
    </dl>
  `;
}

export function Touches({ answer, site }) {
  const words = text.visitors.touches;
  return html`
    <section class="card">
      <h2>${words.heading}</h2>
      <dl class="facts">
        ${[["first", answer.first_touch], ["last", answer.last_touch]].map(([name, touch]) => html`
          <div key=${name}>
            <dt class="quiet">${words[name]}</dt>
            <dd><${TouchWords} touch=${touch} /><span class="quiet note">${format.instant(touch.at, site.time_zone)}</span></dd>
          </div>
        `)}
      </dl>
    </section>
  `;
}

/** "Email · spring · at Start page" */
export function TouchWords({ touch }) {
  const from = [touch.channel, touch.source, touch.campaign].filter(Boolean);
  return html`${from.map((name, index) => html`${index > 0 && " · "}<${Name} key=${index} of=${name} />`)}
    ${touch.touchpoint && html` <span class="quiet">${text.visitors.touches.at}</span> <${Touchpoint} of=${touch.touchpoint} />`}`;
}
