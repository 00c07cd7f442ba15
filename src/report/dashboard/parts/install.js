// No event ever came: the tag to paste.

import { useRef, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { fill } from "../sentence.js";
import { text } from "../strings/index.js";

export function Install({ site, lookAgain }) {
  const code = useRef(null);
  const [said, setSaid] = useState("");
  const tag = `<script async src="${location.origin}/s.js" data-styk-site="${site.key}"></script>`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(tag);
      setSaid(text.empty.copied);
    } catch {
      // Plain http on a network has no clipboard; the selection is one key away from it.
      getSelection().selectAllChildren(code.current);
      setSaid(text.empty.copy_by_hand);
    }
  };
  return html`
    <section class="card">
      <p>${fill(text.empty.install_lead, { site: html`<bdi>${site.name}</bdi>` })}</p>
      <pre class="tag" tabindex="0"><code ref=${code}>${tag}</code></pre>
      <p class="quiet">${text.empty.install_after}</p>
      <div class="actions">
        <button class="primary" onClick=${copy}>${text.empty.copy}</button>
        <button onClick=${lookAgain}>${text.empty.look_again}</button>
        <span role="status">${said}</span>
      </div>
    </section>
  `;
}
