// The line on top of every screen: where we are, and who we are.

import { html } from "../html.js";
import { later } from "../later.js";
import { Link } from "../navigation.js";
import { text } from "../strings/index.js";
import { LanguageChoice } from "./looks.js";

const Inside = later(() => import("./inside.js"), "Inside");

export function Header({ me, siteKey, screen, search }) {
  return html`
    <header class="top">
      <div class="page-width top-line">
        <${Link} class="brand" href="/">${text.product}<//>
        ${me
          ? html`<${Inside} me=${me} siteKey=${siteKey} screen=${screen} search=${search} />`
          : html`<div class="top-language"><${LanguageChoice} /></div>`}
      </div>
    </header>
  `;
}
