// Finding a person: by an id of the shop's or ours, or among those who were here lately.

import { useId, useState } from "../vendor/hooks.js";
import { askReport } from "../api.js";
import { html } from "../html.js";
import { LISTED } from "../person-question.js";
import { fillText } from "../sentence.js";
import { eventLabel, format, text, touchpointLabel } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Choice, Field } from "./fields.js";
import { cartWorth } from "./money.js";
import { PersonLink } from "./person-link.js";

const KINDS = ["customer", "visitor"];

export function FindPerson({ whom, setOwn }) {
  const words = text.visitors.find;
  const [kind, setKind] = useState(whom ? Object.keys(whom)[0] : KINDS[0]);
  const [id, setId] = useState(whom?.[kind] ?? "");
  const submit = (submission) => {
    submission.preventDefault();
    setOwn({ customer: null, visitor: null, before: null, [kind]: id.trim() });
  };
  return html`
    <form class="find-person" role="search" aria-label=${words.heading} onSubmit=${submit}>
      <${Choice} label=${words.by} value=${kind} options=${KINDS.map((value) => ({ value, label: words.kinds[value] }))} onChoose=${setKind} />
      <${Field} label=${words.id[kind]} value=${id} onText=${setId} required maxlength="200" autocomplete="off" spellcheck="false" />
      <button class="primary">${words.submit}</button>
    </form>
  `;
}

/** Whose carts moved last, and who did something just now. */
export function PeopleLately({ site }) {
  const words = text.visitors.lately;
  const carts = useAnswer((asked, signal) => askReport(site.key, "carts", asked, signal), { sort: "last_activity_at", limit: LISTED, last_days: 30 });
  const live = useAnswer((asked, signal) => askReport(site.key, "live", asked, signal), {});
  return html`
    <div class="two">
      <${People} heading=${words.carts} report=${carts} none=${words.no_carts} rows=${(answer) => answer.carts.map((cart) => html`<${CartRow} key=${cart.cart} cart=${cart} site=${site} />`)} />
      <${People} heading=${words.now} report=${live} none=${words.nobody} rows=${(answer) => lastOfEach(answer.events).map((event) => html`<${EventRow} key=${event.visitor} event=${event} site=${site} />`)} />
    </div>
    <p class="quiet">${words.elsewhere}</p>
  `;
}

function People({ heading, report, none, rows }) {
  const id = useId();
  const listed = report.answer ? rows(report.answer) : [];
  return html`
    <section class="card" aria-labelledby=${id}>
      <h2 id=${id}>${heading}</h2>
      ${report.error && html`<p class="quiet">${text.errors.no_answer}</p>`}
      ${!report.answer && !report.error && html`<p class="quiet" role="status">${text.loading}</p>`}
      ${report.answer && (listed.length > 0 ? html`<ul class="person-list">${listed}</ul>` : html`<p class="quiet">${none}</p>`)}
    </section>
  `;
}

function CartRow({ cart, site }) {
  const said = fillText(text.visitors.lately.cart, { state: text.abandonment.list.states[cart.state], value: cartWorth(cart) });
  return html`<${PersonRow} whom=${cart} site=${site} said=${said} at=${cart.last_activity_at} />`;
}

function EventRow({ event, site }) {
  const place = event.page === "(none)" ? touchpointLabel(event.touchpoint) : event.page;
  return html`<${PersonRow} whom=${event} site=${site} said=${`${eventLabel(event.event)} · ${place}`} at=${event.at} />`;
}

function PersonRow({ whom, site, said, at }) {
  return html`
    <li>
      <${PersonLink} site=${site} whom=${whom} />
      <span class="quiet">${format.instant(at, site.time_zone)}</span>
      <span class="quiet said"><bdi>${said}</bdi></span>
    </li>
  `;
}

function lastOfEach(events) {
  const seen = new Set();
  return events.filter(({ visitor }) => !seen.has(visitor) && seen.add(visitor)).slice(0, LISTED);
}
