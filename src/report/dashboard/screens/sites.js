// Which shop to look at. With one site the reader never sees this.

import { useEffect } from "../vendor/hooks.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { Notice } from "../parts/notice.js";
import { fill } from "../sentence.js";
import { screenAddress } from "../scope.js";
import { FIRST } from "../screens.js";
import { text } from "../strings/index.js";

export function Sites({ sites, lookAgain }) {
  useEffect(() => {
    document.title = `${text.sites.title} · ${text.product}`;
  }, []);
  if (sites.length === 0) {
    return html`
      <${Notice} title=${text.sites.none} lead=${text.sites.none_lead} action=${{ onClick: lookAgain, label: text.sites.none_retry }}>
        <pre class="tag" tabindex="0"><code>${text.sites.none_command}</code></pre>
      <//>
    `;
  }
  return html`
    <h1>${text.sites.title}</h1>
    <p class="quiet lead">${text.sites.lead}</p>
    <ul class="sites">
      ${sites.map((site) => html`<${SiteRow} key=${site.key} site=${site} />`)}
    </ul>
  `;
}

export function UnknownSite({ siteKey }) {
  const title = fill(text.sites.unknown, { key: html`<bdi>${siteKey}</bdi>` });
  return html`<${Notice} title=${title} lead=${text.sites.unknown_lead} action=${{ href: "/", label: text.sites.to_sites }} />`;
}

function SiteRow({ site }) {
  return html`
    <li>
      <${Link} class="card site" href=${screenAddress(site.key, FIRST)}>
        <strong><bdi>${site.name}</bdi></strong>
        <span class="quiet">${site.domains.map((domain, index) => html`${index > 0 && ", "}<bdi>${domain}</bdi>`)}</span>
        <span class="quiet site-place">${site.time_zone} · ${site.currency}</span>
      <//>
    </li>
  `;
}
