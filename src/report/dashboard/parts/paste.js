// What goes into the shop's pages: the tag, the same for one version only, and an adapter's.

import { useEffect, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { pixelAt, tagAt } from "../installation.js";
import { fill } from "../sentence.js";
import { text } from "../strings/index.js";
import { Choice } from "./fields.js";
import { Code } from "./code.js";

export function Paste({ installation }) {
  const words = text.install.paste;
  const { tags, path, pinned_path } = installation.snippet;
  const code = (name) => html`<code>${name}</code>`;
  const beside = path === `${installation.events_path}.js`;
  return html`
    <section class="card stack">
      <h2>${words.heading}</h2>
      <p>${words.lead}</p>
      <${Code} label=${words.following} code=${tagAt(tags.following, location.origin)} primary />
      <${Code} label=${words.pinned} code=${tagAt(tags.pinned, location.origin)} />
      <p class="quiet">${words.pinned_note}</p>
      <p class="quiet">
        ${beside
          ? fill(words.proxied, { script: code(path), pinned: code(pinned_path), events: code(installation.events_path) })
          : fill(words.configured, { events: code(installation.events_path) })}
      </p>
    </section>
  `;
}

export function Adapters({ installation, siteKey }) {
  const words = text.install.adapters;
  const [chosen, setChosen] = useState("");
  const adapter = installation.adapters.find(({ name }) => name === chosen);
  const named = installation.adapters.map(({ name }) => ({ value: name, label: words.names[name] ?? name }));
  return html`
    <section class="card stack">
      <h2>${words.heading}</h2>
      <p>${words.lead}</p>
      <${Choice} className="platform" label=${words.platform} options=${[{ value: "", label: words.none }, ...named]} value=${chosen} onChoose=${setChosen} />
      ${adapter?.tags &&
      html`
        <${Code} key=${chosen} label=${text.install.paste.following} code=${tagAt(adapter.tags.following, location.origin)} />
        <${Code} key=${`${chosen} pinned`} label=${text.install.paste.pinned} code=${tagAt(adapter.tags.pinned, location.origin)} />
      `}
      ${adapter && !adapter.tags && html`<${Pixel} path=${adapter.path} endpoint=${location.origin + installation.events_path} siteKey=${siteKey} />`}
    </section>
  `;
}

// Not loaded by a tag: Shopify takes its text.
function Pixel({ path, endpoint, siteKey }) {
  const words = text.install.adapters;
  const [fetched, setFetched] = useState({});
  useEffect(() => {
    fetch(path)
      .then((response) => (response.ok ? response.text() : Promise.reject(response.status)))
      .then(
        (code) => setFetched({ code: pixelAt(code.trim(), endpoint, siteKey) }),
        () => setFetched({ failed: true }),
      );
  }, [path]);
  if (!fetched.code) {
    return html`<p role="status" class=${fetched.failed ? "failure" : "quiet"}>${fetched.failed ? words.code_failed : text.loading}</p>`;
  }
  return html`
    <${Code} label=${words.code} code=${fetched.code} />
    <p class="quiet">${words.code_note}</p>
  `;
}
