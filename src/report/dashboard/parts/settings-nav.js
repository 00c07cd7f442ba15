// The line above all that is set and known about a site: the parts of the settings, then status and privacy, which are
// screens of their own.

import { html } from "../html.js";
import { Link } from "../navigation.js";
import { screenAddress } from "../scope.js";
import { text } from "../strings/index.js";

/** Each may do what those before it may. */
export const ROLES = ["viewer", "editor", "owner"];
// What each part needs at least.
const NEEDED = { shop: "viewer", keys: "owner", users: "owner", links: "editor", notes: "viewer", password: "viewer", server: "owner" };

/** The parts that somebody of this role sees. */
export const partsFor = (role) => Object.keys(NEEDED).filter((name) => ROLES.indexOf(NEEDED[name]) <= ROLES.indexOf(role));

/** `here` is a part, or "status" or "privacy". */
export function SettingsNav({ site, me, here }) {
  const words = text.settings.parts;
  const addresses = [
    ...partsFor(me.role).map((name) => [name, screenAddress(site.key, "settings", null, name === "shop" ? "" : `part=${name}`)]),
    ...["privacy", "status"].map((name) => [name, screenAddress(site.key, name)]),
  ];
  return html`
    <nav class="parts" aria-label=${words.heading}>
      ${addresses.map(([name, href]) => html`<${Link} key=${name} href=${href} aria-current=${name === here ? "page" : null}>${words[name]}<//>`)}
    </nav>
  `;
}
