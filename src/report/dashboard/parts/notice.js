// What stands where an answer would: something is missing, or something failed, and what to do.

import { html } from "../html.js";
import { Link } from "../navigation.js";
import { fillText } from "../sentence.js";
import { languageNow, text } from "../strings/index.js";

/** A title, a sentence and at most one action: { href, label } or { onClick, label }. */
export function Notice({ title, lead, action, children }) {
  return html`
    <section class="card notice">
      <h1>${title}</h1>
      <p>${lead}</p>
      ${children}
      ${action && html`<${Action} action=${action} />`}
    </section>
  `;
}

/** A failed request: what happened, and a retry. */
export function ErrorNotice({ error, retry, reset }) {
  return html`
    <section class="card notice" role="alert">
      <h2>${text.errors.heading}</h2>
      <p>${errorText(error)}</p>
      <${ServerWords} error=${error} />
      <div class="actions">
        <button class="primary" onClick=${retry}>${text.errors.retry}</button>
        ${reset && html`<button onClick=${reset}>${text.errors.reset}</button>`}
      </div>
    </section>
  `;
}

/** What the server said itself, which is English: for readers of another language behind a click. */
export function ServerWords({ error: { code, message } }) {
  if (code === "unreadable" || !message) {
    return null;
  }
  const said = html`<p class="quiet" lang="en"><bdi>${message}</bdi></p>`;
  return languageNow() === "en" ? said : html`<details class="server-words"><summary>${text.errors.server_words}</summary>${said}</details>`;
}

/** The sentence for a failed request; for a question that cannot be asked, by the part that is at fault. */
export function errorText({ status, code, field }) {
  const [, part, index] = /^([a-z]+)(?:\[(\d+)\])?/.exec((field ?? "").replace("question.", "")) ?? [];
  if (status === 400 && Object.hasOwn(text.errors.at, part)) {
    return fillText(text.errors.at[part], { n: Number(index ?? 0) + 1 });
  }
  if (["offline", "wrong_email_or_password", "store_closed", "disk_full"].includes(code)) {
    return text.errors[code];
  }
  const byStatus = { 401: "refused", 403: "forbidden", 408: "overloaded", 429: "too_many", 503: "overloaded" };
  if (byStatus[status]) {
    return text.errors[byStatus[status]];
  }
  if (code === "unreadable") {
    return text.errors.unreadable;
  }
  return status >= 500 ? text.errors.internal : text.errors.refused;
}

function Action({ action }) {
  return action.href
    ? html`<p><${Link} class="button primary" href=${action.href}>${action.label}<//></p>`
    : html`<p><button class="primary" onClick=${action.onClick}>${action.label}</button></p>`;
}
