// No event ever came: the tag to paste, and where to see whether it works.

import { fetchInstallation } from "../api.js";
import { html } from "../html.js";
import { tagAt } from "../installation.js";
import { Link } from "../navigation.js";
import { fill } from "../sentence.js";
import { screenAddress } from "../scope.js";
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
      <p>${fill(text.no_events.lead, { site: html`<bdi>${site.name}</bdi>` })}</p>
      ${answer ? html`<${Code} label=${text.no_events.tag} code=${tagAt(answer.snippet.tags.following, location.origin)} primary />` : html`<p class="quiet" role="status">${text.loading}</p>`}
      <p class="quiet">${text.no_events.after}</p>
      <div class="actions">
        <${Link} class="button" href=${screenAddress(site.key, "install")}>${text.no_events.watch}<//>
        <button onClick=${lookAgain}>${text.no_events.look_again}</button>
      </div>
    </section>
  `;
}
