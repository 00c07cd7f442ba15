// The line on top of every screen: where we are, and who we are.

import { signOut } from "../api.js";
import { html } from "../html.js";
import { Link, goTo } from "../navigation.js";
import { funnelScreenAddress, installScreenAddress, privacyScreenAddress, statusScreenAddress } from "../state.js";
import { text } from "../strings/index.js";
import { ThemeChoice } from "./theme.js";

export function Header({ me, siteKey, screen }) {
  const site = me?.sites.find((candidate) => candidate.key === siteKey);
  return html`
    <header class="top">
      <div class="page-width top-line">
        <${Link} class="brand" href="/">${text.product}<//>
        ${site && html`<span class="top-site"><bdi>${site.name}</bdi></span>`}
        ${site && html`<${Screens} siteKey=${site.key} screen=${screen} />`}
        ${me && html`<${Account} key=${siteKey} me=${me} />`}
      </div>
    </header>
  `;
}

function Screens({ siteKey, screen }) {
  const addresses = {
    funnel: funnelScreenAddress(siteKey),
    install: installScreenAddress(siteKey),
    status: statusScreenAddress(siteKey),
    privacy: privacyScreenAddress(siteKey),
  };
  return html`
    <nav class="screens" aria-label=${text.screens.heading}>
      ${Object.entries(addresses).map(
        ([name, href]) => html`<${Link} key=${name} href=${href} aria-current=${name === screen ? "page" : null}>${text.screens[name]}<//>`,
      )}
    </nav>
  `;
}

function Account({ me }) {
  // Also without an answer: the sign-in screen is where to be next.
  const leave = () => signOut().catch(() => null).then(() => goTo("/login"));
  return html`
    <button class="account-button" popovertarget="account">
      <span class="account-mail"><bdi>${me.email}</bdi></span>
      <span class="account-word">${text.account.open}</span>
    </button>
    <div id="account" class="account" popover>
      <p><span class="quiet">${text.account.signed_in_as}</span><br /><bdi>${me.email}</bdi></p>
      <${ThemeChoice} />
      ${me.sites.length > 1 && html`<${Link} class="button" href="/">${text.account.all_sites}<//>`}
      <button onClick=${leave}>${text.account.sign_out}</button>
    </div>
  `;
}
