// What a screen says first, in a sentence: the page's heading, and the title of the tab.

import { useEffect } from "../vendor/hooks.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { text } from "../strings/index.js";

export function Title({ site, said, lead }) {
  useEffect(() => {
    document.title = fillText(text.page, { title: said, site: site.name });
  }, [said, site.name]);
  return html`
    <div class="title">
      <h1>${said}</h1>
      <p class="quiet">${lead}</p>
    </div>
  `;
}
