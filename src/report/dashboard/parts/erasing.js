// Erasing a person from here: what will happen is said first, and the receipt after. For owners.

import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { erasePerson, fetchErasure } from "../api-visitors.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { personName } from "../person-question.js";
import { screenAddress } from "../scope.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { useAgainEvery, useAnswer } from "./ask.js";
import { errorText } from "./notice.js";
import { useSending } from "./sending.js";

const ASK_EVERY_MS = 1_000;

/** `onErased` gets the receipt, which is not final yet. */
export function Erasing({ answer, site, onErased }) {
  const words = text.visitors.erasing;
  const [asking, setAsking] = useState(false);
  return html`
    <section class="card erasing">
      <h2>${words.heading}</h2>
      <p>${words.lead}</p>
      <button class="danger" onClick=${() => setAsking(true)}>${words.open}</button>
      ${asking && html`<${Confirmation} answer=${answer} site=${site} onClose=${() => setAsking(false)} onErased=${onErased} />`}
    </section>
  `;
}

function Confirmation({ answer, site, onClose, onErased }) {
  const words = text.visitors.erasing;
  const whom = answer.customer ? { customer: answer.customer } : { visitor: answer.visitors[0].visitor };
  const [dialog, keep] = [useRef(null), useRef(null)];
  const { running, error, send } = useSending();
  useEffect(() => {
    dialog.current.showModal();
    keep.current.focus();
  }, []);
  const erase = () => send(() => erasePerson(site.key, whom), onErased);
  const holes = {
    events: format.plural(words.events, answer.events_total),
    browsers: format.plural(text.visitors.browsers, answer.visitors.length),
    orders: format.plural(words.orders, answer.orders_total),
  };
  return html`
    <dialog class="keys" ref=${dialog} onClose=${onClose} aria-labelledby="erase-heading">
      <h2 id="erase-heading"><bdi>${fillText(words.really, { name: personName(whom) })}</bdi></h2>
      <ul class="consequences">
        <li>${fillText(words.what, holes)}</li>
        <li>${whom.customer ? words.customer : words.visitor}</li>
        <li>${words.where}</li>
        <li>${words.reports}</li>
        <li><strong>${words.final}</strong></li>
      </ul>
      ${error && html`<p class="bad" role="alert">${errorText(error)}</p>`}
      <div class="actions">
        <button class="danger" disabled=${running} onClick=${erase}>${running ? text.loading : words.confirm}</button>
        <button ref=${keep} disabled=${running} onClick=${() => dialog.current.close()}>${words.keep}</button>
      </div>
    </dialog>
  `;
}

/** What was removed: from the moment it was asked no answer has the person; files follow. `first` is what the asking brought. */
export function Receipt({ site, first }) {
  const words = text.visitors.erasing;
  const report = useAnswer(
    (id, signal) => (first.status === "done" ? Promise.resolve(first) : fetchErasure(site.key, id, signal)),
    first.id,
  );
  const erasure = report.answer ?? first;
  const done = erasure.status === "done";
  useAgainEvery(ASK_EVERY_MS, { ...report, answer: done ? null : report.answer });
  const heading = useRef(null);
  useEffect(() => heading.current.focus(), []);
  const { removed } = erasure;
  const counts = {
    store: removed.store_events + removed.store_failed_events,
    archive: removed.archive_events + removed.archive_failed_events,
    journal: removed.journal_events,
  };
  return html`
    <section class="card receipt" role="status">
      <p tabindex="-1" ref=${heading}>${done ? html`<span class="good">✓ ${words.done}</span>` : html`<strong>… ${words.hidden}</strong>`}</p>
      <dl class="facts">
        <div><dt class="quiet">${words.number}</dt><dd>${erasure.id}</dd></div>
        <div><dt class="quiet">${words.asked}</dt><dd>${fillText(words.by, { at: format.instant(erasure.asked_at, site.time_zone), by: erasure.asked_by })}</dd></div>
        ${Object.entries(counts).map(([name, count]) => html`<div key=${name}><dt class="quiet">${words.removed[name]}</dt><dd>${format.plural(words.events, count)}</dd></div>`)}
      </dl>
      ${removed.unreadable_files > 0 && html`<p class="bad">${format.plural(words.unreadable, removed.unreadable_files)}</p>`}
      <p class="quiet">${words.after} <${Link} href=${screenAddress(site.key, "privacy")}>${words.list}<//></p>
    </section>
  `;
}
