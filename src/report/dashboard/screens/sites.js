// Which shop to look at. With one site the reader never sees this.

import { useEffect } from "../vendor/hooks.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { NewSite } from "../parts/new-site.js";
import { Notice } from "../parts/notice.js";
import { fill } from "../sentence.js";
import { screenAddress } from "../scope.js";
import { FIRST } from "../screens.js";
import { text } from "../strings/index.js";

export function Sites({ me, lookAgain }) {
  const { sites } = me;
  const owner = me.role === "owner";
  useEffect(() => {
    document.title = `${text.sites.title} · ${text.product}`;
  }, []);
  if (sites.length === 0 && owner) {
    return html`<section class="card narrow"><h1>${text.new_site.first}</h1><p class="quiet">${text.new_site.first_lead}</p><${Another} lookAgain=${lookAgain} /></section>`;
  }
  if (sites.length === 0) {
    return html`
      <${Notice} title=${text.sites.none} lead=${text.sites.none_lead} action=${{ onClick: lookAgain, label: text.sites.none_retry }} />
    `;
  }
  return html`
    <h1>${text.sites.title}</h1>
    <p class="quiet lead">${text.sites.lead}</p>
    <ul class="sites">
      ${sites.map((site) => html`<${SiteRow} key=${site.key} site=${site} />`)}
    </ul>
    ${owner && html`<details class="card"><summary>${text.new_site.heading}</summary><${Another} lookAgain=${lookAgain} /></details>`}
  `;
}

// Where this browser is, a shop probably is, too.
const Another = ({ lookAgain }) => html`<${NewSite} timeZone=${Intl.DateTimeFormat().resolvedOptions().timeZone} currency="EUR" lookAgain=${lookAgain} />`;

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
