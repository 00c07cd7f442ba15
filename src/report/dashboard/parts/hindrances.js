// What may keep events away: consent, as far as the events tell, and blocking, as far as this browser can try.

import { useEffect, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { onlyConsent } from "../installation.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";

export function Consent({ recent }) {
  const words = text.install.consent;
  const { days, consent } = recent;
  const only = onlyConsent(recent);
  return html`
    <section class="card stack">
      <h2>${words.heading}</h2>
      ${consent.length === 0 && html`<p class="quiet">${fillText(words.none, { days })}</p>`}
      ${only && words.hints[only] && html`<p><strong>${fillText(words.only, { days, state: only })}</strong> ${words.hints[only]}</p>`}
      ${consent.length > 0 && html`<dl class="statements">${consent.map((row) => html`<${State} key=${row.consent} row=${row} days=${days} />`)}</dl>`}
      <p class="quiet">${words.unseen}</p>
    </section>
  `;
}

function State({ row, days }) {
  const words = text.install.consent;
  const events = format.plural(text.status.events, row.events);
  return html`<div><dt>${row.consent}</dt><dd>${fillText(words.row, { events, days })}. ${words.states[row.consent]}</dd></div>`;
}

export function Blocks({ installation }) {
  const words = text.install.blocks;
  const [tried, setTried] = useState(null);
  const attempt = () => {
    setTried(null);
    tryAll(installation).then(setTried);
  };
  useEffect(attempt, [installation.snippet.pinned_path]);
  const policy = `script-src ${location.origin}; connect-src ${location.origin}`;
  return html`
    <section class="card stack">
      <h2>${words.heading}</h2>
      <p>${fillText(words.lead, { origin: location.origin })}</p>
      <div role="status" aria-busy=${tried ? "false" : "true"}>
        <ul class="plain tried">
          ${tried ? tried.map((result) => html`<${Result} key=${result.part} result=${result} />`) : html`<li class="quiet">${words.running}</li>`}
        </ul>
      </div>
      <div class="actions"><button onClick=${attempt} disabled=${!tried}>${words.again}</button></div>
      <p class="quiet">${words.limits}</p>
      <p>${words.policy}</p>
      <pre class="tag" tabindex="0"><code>${policy}</code></pre>
      <p class="quiet">${words.policy_note}</p>
    </section>
  `;
}

// Sign, words and colour together.
function Result({ result }) {
  const { part, outcome, ...values } = result;
  const said = fillText(text.install.blocks.results[part][outcome], values);
  return outcome === "good" ? html`<li><span class="good">✓</span> ${said}</li>` : html`<li><strong class="bad">✗ ${said}</strong></li>`;
}

function tryAll({ snippet, events_path }) {
  const fresh = { cache: "no-store", credentials: "omit" };
  return Promise.all([
    attemptOne("script", snippet.path, fresh, isScript),
    attemptOne("pinned", snippet.pinned_path, { ...fresh, integrity: snippet.integrity }, isScript),
    // A browser's own question before sending: nothing is counted.
    attemptOne("endpoint", events_path, { ...fresh, method: "OPTIONS" }, ({ status }) => status === 204),
  ]);
}

const isScript = ({ ok, headers }) => ok && /javascript/.test(headers.get("content-type"));

async function attemptOne(part, path, options, isRight) {
  try {
    const response = await fetch(path, options);
    const { byteLength } = await response.arrayBuffer();
    return { part, path, outcome: isRight(response) ? "good" : "other", status: response.status, bytes: format.bytes(byteLength) };
  } catch {
    return { part, path, outcome: "blocked" };
  }
}
