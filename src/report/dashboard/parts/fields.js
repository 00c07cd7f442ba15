// The form fields every screen uses.

import { useId } from "../vendor/hooks.js";
import { html } from "../html.js";

/** A labelled select. `options` are { value, label }; `onChoose` gets the value; `keys` is the key that leads here. */
export function Choice({ label, options, value, onChoose, className = "", keys }) {
  const id = useId();
  return html`
    <div class=${`field ${className}`}>
      <label for=${id}>${label}</label>
      <select id=${id} data-key=${keys} value=${value} onChange=${(change) => onChoose(change.currentTarget.value)}>
        ${options.map((option) => html`<option key=${option.value} value=${option.value} selected=${option.value === value}>${option.label}</option>`)}
      </select>
    </div>
  `;
}

/** A labelled input; further properties go to the <input>. */
export function Field({ label, hint, onText, ...rest }) {
  const id = useId();
  const hintId = `${id}-hint`;
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <input id=${id} aria-describedby=${hint ? hintId : null} onInput=${(input) => onText(input.currentTarget.value)} ...${rest} />
      ${hint && html`<p class="quiet hint" id=${hintId}>${hint}</p>`}
    </div>
  `;
}

/** Two or three exclusive choices side by side, as radio buttons. */
export function Segments({ label, options, value, onChoose }) {
  const name = useId();
  return html`
    <fieldset class="segments">
      <legend class="unseen">${label}</legend>
      ${options.map(
        (option) => html`
          <label key=${option.value}>
            <input type="radio" name=${name} value=${option.value} checked=${option.value === value} onChange=${() => onChoose(option.value)} />
            <span>${option.label}</span>
          </label>
        `,
      )}
    </fieldset>
  `;
}
