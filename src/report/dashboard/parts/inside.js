// The part of the top line for who is signed in: the site, its screens, the account.

import { useEffect, useRef } from "../vendor/hooks.js";
import { signOut } from "../api.js";
import { html } from "../html.js";
import { Link, goTo } from "../navigation.js";
import { todayIn } from "../period.js";
import { parseScope, screenAddress } from "../scope.js";
import { SCREENS } from "../screens.js";
import { text } from "../strings/index.js";
import { openKeyboardHelp } from "./keyboard.js";
import { LanguageChoice, ThemeChoice } from "./looks.js";

export function Inside({ me, siteKey, screen, search }) {
  const site = me.sites.find((candidate) => candidate.key === siteKey);
  return html`
    ${site && html`<span class="top-site"><bdi>${site.name}</bdi></span>`}
    ${site && html`<${Screens} site=${site} screen=${screen} search=${search} />`}
    <${Account} key=${siteKey} me=${me} />
  `;
}

// Days and filters go along from report to report.
function Screens({ site, screen, search }) {
  const here = SCREENS.find(({ name }) => name === screen);
  const scope = here?.report ? parseScope(search, todayIn(site.time_zone, new Date())) : null;
  const nav = useRef(null);
  // Where not all fit, the one we are on is in sight.
  useEffect(() => nav.current.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [screen]);
  return html`
    <nav class="screens" ref=${nav} aria-label=${text.screens.heading}>
      ${SCREENS.filter(({ within }) => !within).map(({ name, report }, index) => {
        const href = screenAddress(site.key, name, report && scope);
        return html`<${Link} key=${name} href=${href} data-key=${index + 1} aria-current=${name === (here?.within ?? screen) ? "page" : null}>${text.screens[name]}<//>`;
      })}
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
      <${LanguageChoice} />
      ${me.sites.length > 1 && html`<${Link} class="button" href="/">${text.account.all_sites}<//>`}
      <button onClick=${openKeyboardHelp}>${text.account.keyboard}</button>
      <button onClick=${leave}>${text.account.sign_out}</button>
    </div>
  `;
}
