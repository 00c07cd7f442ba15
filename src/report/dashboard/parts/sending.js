// Sending a change to the server: a form or a button that is busy meanwhile, then done, or says why not; and actions that
// cannot be taken back, which ask once.

import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { text } from "../strings/index.js";
import { errorText } from "./notice.js";

/** { running, done, error, send }: `send(() => request, then)` runs `then(answer)` when it went well. */
export function useSending() {
  const [state, setState] = useState({});
  const send = async (request, then = () => null) => {
    setState({ running: true });
    try {
      const answer = await request();
      setState({ done: true });
      then(answer);
    } catch (error) {
      setState({ error });
    }
  };
  return { ...state, send };
}

/** The sentence for what a form was refused for. */
export const refusalText = (error) => text.refusals[error.code] ?? errorText(error);

/** What came of it, for eyes and ears. */
export function Outcome({ sending, done = text.sending.saved }) {
  const { error } = sending;
  return html`
    <p class=${error ? "outcome bad" : "outcome good"} role=${error ? "alert" : "status"}>
      ${error ? html`<bdi>${refusalText(error)}</bdi>` : sending.done && `✓ ${done}`}
    </p>
  `;
}

/** A form whose submission is sent; `onSend` is called instead of loading a page. */
export function Form({ sending, submit, done, onSend, className = "", children }) {
  const send = (submission) => {
    submission.preventDefault();
    onSend();
  };
  return html`
    <form class=${`form ${className}`} onSubmit=${send}>
      ${children}
      <div class="actions">
        <button class="primary" disabled=${sending.running}>${submit}</button>
        <${Outcome} sending=${sending} done=${done} />
      </div>
    </form>
  `;
}

/** A button that asks once: what will happen, and whether to. */
export function Sure({ label, about, what, yes, onYes }) {
  const [asked, setAsked] = useState(false);
  const sending = useSending();
  if (!asked) {
    return html`<button onClick=${() => setAsked(true)} aria-label=${about}>${label}</button>`;
  }
  return html`
    <${Question} about=${about} what=${what} yes=${yes} busy=${sending.running} onYes=${() => sending.send(onYes)} onNo=${() => setAsked(false)} />
    ${sending.error && html`<${Outcome} sending=${sending} />`}
  `;
}

/** What will happen, and whether to; the way back has the focus. */
export function Question({ about, what, yes, busy, onYes, onNo }) {
  const back = useRef(null);
  useEffect(() => back.current.focus(), []);
  return html`
    <div class="sure" role="group" aria-label=${about}>
      <p>${what}</p>
      <div class="actions">
        <button class="danger" disabled=${busy} onClick=${onYes}>${yes}</button>
        <button ref=${back} onClick=${onNo}>${text.sending.keep}</button>
      </div>
    </div>
  `;
}
