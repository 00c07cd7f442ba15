// A piece of code to take elsewhere: what it is, the code, and a button that copies it.

import { useId, useRef, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { text } from "../strings/index.js";

export function Code({ label, code, primary }) {
  const id = useId();
  const shown = useRef(null);
  const [said, setSaid] = useState("");
  const words = text.copying;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      setSaid(words.copied);
    } catch {
      // Plain http on a network has no clipboard; the selection is one key away from it.
      getSelection().selectAllChildren(shown.current);
      setSaid(words.by_hand);
    }
  };
  return html`
    <div class="code">
      <p class="code-label" id=${id}>${label}</p>
      <pre class="tag" tabindex="0" role="region" aria-labelledby=${id}><code ref=${shown}>${code}</code></pre>
      <div class="actions">
        <button class=${primary ? "primary" : ""} onClick=${copy} aria-label=${fillText(words.what, { what: label })}>${words.copy}</button>
        <span role="status">${said}</span>
      </div>
    </div>
  `;
}
