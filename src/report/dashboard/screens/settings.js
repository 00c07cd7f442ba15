// The settings of a site, and of the server for its owners: one part at a time, which the address names.

import { html } from "../html.js";
import { SettingsKeys } from "../parts/settings-keys.js";
import { SettingsLinks } from "../parts/settings-links.js";
import { SettingsNav, partsFor } from "../parts/settings-nav.js";
import { SettingsNotes } from "../parts/settings-notes.js";
import { SettingsPassword } from "../parts/settings-password.js";
import { SettingsServer } from "../parts/settings-server.js";
import { SettingsShop } from "../parts/settings-shop.js";
import { SettingsUsers } from "../parts/settings-users.js";
import { Title } from "../parts/title.js";
import { text } from "../strings/index.js";

const PARTS = {
  shop: SettingsShop,
  keys: SettingsKeys,
  users: SettingsUsers,
  links: SettingsLinks,
  notes: SettingsNotes,
  password: SettingsPassword,
  server: SettingsServer,
};

export function Settings({ site, me, own, lookAgain }) {
  const parts = partsFor(me.role);
  const here = parts.includes(own.get("part")) ? own.get("part") : parts[0];
  const words = text.settings[here];
  return html`
    <${SettingsNav} site=${site} me=${me} here=${here} />
    <${Title} site=${site} said=${words.title} lead=${words.lead} />
    <${PARTS[here]} key=${here} site=${site} me=${me} lookAgain=${lookAgain} />
  `;
}
