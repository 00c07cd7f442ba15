// Keys: by which the shop's server sends events, and tools ask.

import { useState } from "../vendor/hooks.js";
import { addKey, fetchKeys, revokeKey } from "../api-settings.js";
import { html } from "../html.js";
import { fill, fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Choice, Field } from "./fields.js";
import { Listed } from "./listed.js";
import { Once } from "./once.js";
import { Form, Sure, useSending } from "./sending.js";

const SCOPES = ["collect", "read", "admin"];

export function SettingsKeys({ site }) {
  const words = text.settings.keys;
  const asked = useAnswer(fetchKeys, site.key);
  const columns = [words.name, words.scope, words.since];
  const row = (key) => html`
    <tr key=${key.id}>
      <th scope="row"><bdi>${key.name || words.unnamed}</bdi> <span class="quiet">${fillText(words.number, { id: key.id })}</span></th>
      <td>${words.scopes[key.scope]}</td>
      <td data-label=${words.since}>${format.instant(key.created_at, site.time_zone)}</td>
      <td><${Sure} label=${words.revoke} about=${fillText(words.revoke_what, { name: key.name || fillText(words.number, { id: key.id }) })}
        what=${words.revoke_says} yes=${words.revoke_yes} onYes=${() => revokeKey(site.key, key.id).then(asked.again)} /></td>
    </tr>
  `;
  return html`
    <section class="card stack">
      <h2>${words.add}</h2>
      <${NewKey} site=${site} onMade=${asked.again} />
    </section>
    <section class="card">
      <h2>${words.heading}</h2>
      <${Listed} asked=${asked} caption=${words.heading} none=${words.none} columns=${columns} rows=${({ keys }) => keys.map(row)} />
    </section>
  `;
}

function NewKey({ site, onMade }) {
  const words = text.settings.keys;
  const [name, setName] = useState("");
  const [scope, setScope] = useState(SCOPES[0]);
  const [secret, setSecret] = useState(null);
  const sending = useSending();
  const made = ({ secret: fresh }) => {
    setSecret(fresh);
    setName("");
    onMade();
  };
  if (secret) {
    return html`<${Once} label=${words.secret} code=${secret} note=${words.secret_note} onDone=${() => setSecret(null)} />`;
  }
  return html`
    <${Form} sending=${sending} submit=${words.make} onSend=${() => sending.send(() => addKey(site.key, { scope, name }), made)}>
      <div class="fields">
        <${Field} label=${words.name} hint=${words.name_hint} maxlength="100" value=${name} onText=${setName} />
        <${Choice} label=${words.scope} value=${scope} onChoose=${setScope} options=${SCOPES.map((value) => ({ value, label: words.scopes[value] }))} />
      </div>
      <p class="quiet">${fill(words.about[scope], { header: html`<code>Authorization: Bearer …</code>` })}</p>
    <//>
  `;
}
