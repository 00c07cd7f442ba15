// Who a person is: its browsers, which customers each named, and undoing what linked them by mistake.

import { useState } from "../vendor/hooks.js";
import { fetchLinks, takeBackUndoing, undoLink } from "../api-visitors.js";
import { html } from "../html.js";
import { personName } from "../person-question.js";
import { fill, fillText } from "../sentence.js";
import { format, text, valueLabel } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Name } from "./name.js";
import { ServerWords, errorText } from "./notice.js";
import { useSending } from "./sending.js";

/** `onChange` gets the visitor whose link was undone, or holds again: the person is another one then. */
export function Identity({ answer, site, mayEdit, onChange }) {
  const words = text.visitors.identity;
  return html`
    <section class="card">
      <h2>${words.heading}</h2>
      <p class="quiet lead">${answer.customer ? words.customer_lead : words.visitor_lead}</p>
      <ul class="browsers">
        ${answer.visitors.map((browser, index) => html`<${Browser} key=${browser.visitor} browser=${browser} site=${site} opened=${index === 0} mayEdit=${mayEdit} onChange=${onChange} />`)}
      </ul>
    </section>
  `;
}

function Browser({ browser, site, opened, mayEdit, onChange }) {
  const words = text.visitors.identity;
  const [open, setOpen] = useState(opened);
  const facts = {
    sessions: format.plural(text.units.session.forms, browser.sessions),
    first: format.instant(browser.first_seen_at, site.time_zone),
    last: format.instant(browser.last_seen_at, site.time_zone),
  };
  const devices = browser.devices.map((device) => valueLabel("device", device)).join(", ");
  return html`
    <li>
      <details open=${open} onToggle=${(toggle) => setOpen(toggle.currentTarget.open)}>
        <summary><span title=${browser.visitor}>${personName({ visitor: browser.visitor })}</span> <span class="quiet">${devices}</span></summary>
        <p class="quiet note">${fillText(words.seen, facts)} <code>${browser.visitor}</code></p>
        ${open && html`<${Links} browser=${browser} site=${site} mayEdit=${mayEdit} onChange=${onChange} />`}
      </details>
    </li>
  `;
}

function Links({ browser, site, mayEdit, onChange }) {
  const words = text.visitors.identity;
  const { answer, error, again } = useAnswer((visitor, signal) => fetchLinks(site.key, visitor, signal), browser.visitor);
  const { running, error: failed, send } = useSending();
  const changed = () => {
    again();
    onChange(browser.visitor);
  };
  const change = (act, customer) => send(() => act(site.key, browser.visitor, customer), changed);
  if (!answer) {
    return html`<p class="quiet" role="status">${error ? errorText(error) : text.loading}</p>`;
  }
  const links = answer.visitors.find(({ visitor }) => visitor === browser.visitor)?.links ?? [];
  return html`
    ${links.length === 0
      ? html`<p>${words.none}</p>`
      : html`<ul class="links">${links.map((link) => html`<${NamedLink} key=${link.customer} link=${link} site=${site} mayEdit=${mayEdit} busy=${running} onChange=${change} />`)}</ul>`}
    ${failed && html`<p class="bad" role="alert">${errorText(failed)}</p><${ServerWords} error=${failed} />`}
  `;
}

function NamedLink({ link, site, mayEdit, busy, onChange }) {
  const words = text.visitors.identity;
  const { customer, undone } = link;
  const holes = {
    customer: html`<strong><${Name} of=${customer} /></strong>`,
    events: format.plural(words.events, link.events),
    since: format.instant(link.since, site.time_zone),
    last: format.instant(link.last_named_at, site.time_zone),
  };
  const act = undone ? takeBackUndoing : undoLink;
  const said = undone ? words.take_back : words.undo;
  return html`
    <li>
      <span>${fill(words.named, holes)} ${undone && html`<span class="bad">${fillText(words.undone, { by: undone.by, at: format.instant(undone.at, site.time_zone) })}</span>`}</span>
      ${mayEdit && html`<button disabled=${busy} aria-label=${`${said}: ${customer}`} onClick=${() => onChange(act, customer)}>${said}</button>`}
    </li>
  `;
}
