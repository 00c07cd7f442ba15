// Makes a link by which others see this report without signing in.

import { useId, useRef, useState } from "../vendor/hooks.js";
import { makeShare } from "../api.js";
import { html } from "../html.js";
import { text } from "../strings/index.js";
import { errorText } from "./notice.js";

/** `form` is the body of `POST …/shares`. */
export function ShareLink({ siteKey, form }) {
  const [made, setMade] = useState({});
  const make = async () => {
    setMade({ running: true });
    try {
      setMade({ url: location.origin + (await makeShare(siteKey, form)).url });
    } catch (error) {
      setMade({ error });
    }
  };
  return html`
    <details class="steps share">
      <summary><span>${text.share.summary}</span></summary>
      <p class="quiet">${form.question.last_days ? text.share.moves : text.share.stays}</p>
      ${made.url
        ? html`<${Made} url=${made.url} />`
        : html`<div class="actions"><button onClick=${make} disabled=${made.running}>${text.share.make}</button></div>`}
      <p class="failure" role="alert">${made.error && errorText(made.error)}</p>
    </details>
  `;
}

function Made({ url }) {
  const id = useId();
  const field = useRef(null);
  const [said, setSaid] = useState("");
  const copy = async () => {
    field.current.select();
    try {
      await navigator.clipboard.writeText(url);
      setSaid(text.copying.copied);
    } catch {
      // Plain http on a network has no clipboard; the link is selected.
      setSaid(text.copying.by_hand);
    }
  };
  return html`
    <div class="field">
      <label for=${id}>${text.share.link}</label>
      <input id=${id} ref=${field} readonly value=${url} />
    </div>
    <div class="actions">
      <button class="primary" onClick=${copy}>${text.share.copy}</button>
      <span role="status">${said}</span>
    </div>
  `;
}
