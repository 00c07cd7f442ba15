// No event ever came: the tag to paste, and where to see whether it works.

import { fetchInstallation } from "../api.js";
import { html } from "../html.js";
import { tagAt } from "../installation.js";
import { Link } from "../navigation.js";
import { fill } from "../sentence.js";
import { installScreenAddress } from "../state.js";
import { text } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Code } from "./code.js";
import { ErrorNotice } from "./notice.js";

export function Install({ site, lookAgain }) {
  const { answer, error, again } = useAnswer(fetchInstallation, site.key);
  if (error) {
    return html`<${ErrorNotice} error=${error} retry=${again} />`;
  }
  return html`
    <section class="card stack">
      <p>${fill(text.empty.install_lead, { site: html`<bdi>${site.name}</bdi>` })}</p>
      ${answer ? html`<${Code} label=${text.empty.tag} code=${tagAt(answer.snippet.tags.following, location.origin)} primary />` : html`<p class="quiet" role="status">${text.loading}</p>`}
      <p class="quiet">${text.empty.install_after}</p>
      <div class="actions">
        <${Link} class="button" href=${installScreenAddress(site.key)}>${text.empty.watch}<//>
        <button onClick=${lookAgain}>${text.empty.look_again}</button>
      </div>
    </section>
  `;
}
