// A screen of a site: what all reports obey stands above those that are reports, and the address keeps it.

import { useEffect } from "../vendor/hooks.js";
import { html } from "../html.js";
import { later } from "../later.js";
import { goTo, replaceWith } from "../navigation.js";
import { todayIn } from "../period.js";
import { SCREENS } from "../screens.js";
import { ownText, parseScope, scopeText, screenAddress } from "../scope.js";

// Fetched beside the screen.
const ScopeBar = later(() => import("./scope-bar.js"), "ScopeBar");

export function SiteScreen({ name, site, me, search, lookAgain }) {
  const { report, compares = true, Screen } = SCREENS.find((screen) => screen.name === name);
  const today = todayIn(site.time_zone, new Date());
  const scope = parseScope(search, today);
  useWholeScope(report, site.key, name, scope, search);
  const own = new URLSearchParams(ownText(search));
  const setOwn = (changes) => {
    Object.entries(changes).forEach(([parameter, value]) => (value === null ? own.delete(parameter) : own.set(parameter, value)));
    goTo(screenAddress(site.key, name, report ? scope : null, String(own)));
  };
  const changeScope = (changed) => goTo(screenAddress(site.key, name, changed, ownText(search)));
  return html`
    ${report && html`<div class="scope-place"><${ScopeBar} site=${site} scope=${scope} compares=${compares} today=${today} onChange=${changeScope} /></div>`}
    <${Screen} site=${site} me=${me} search=${search} scope=${report ? scope : null} own=${own} setOwn=${setOwn} lookAgain=${lookAgain} />
  `;
}

// A bare address is completed in place, so that what is copied from it asks the same tomorrow.
function useWholeScope(report, key, name, scope, search) {
  const whole = scopeText(scope);
  useEffect(() => {
    if (report && !search.startsWith(`?${whole}`)) {
      replaceWith(screenAddress(key, name, scope, ownText(search)));
    }
  }, [report, whole, search]);
}
