// Users: who may sign in, and do what. Who is invited chooses a password by a link; nobody chooses it for them.

import { useState } from "../vendor/hooks.js";
import { changeUser, fetchUsers, inviteUser, makePasswordLink, removeUser } from "../api-settings.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Choice, Field } from "./fields.js";
import { Listed } from "./listed.js";
import { Once } from "./once.js";
import { Form, Outcome, Sure, useSending } from "./sending.js";
import { ROLES } from "./settings-nav.js";

const options = () => ROLES.map((value) => ({ value, label: text.settings.users.roles[value] }));

export function SettingsUsers({ site, me, lookAgain }) {
  const words = text.settings.users;
  const asked = useAnswer((_, signal) => fetchUsers(signal), "users");
  const [link, setLink] = useState(null);
  // One's own role may have changed.
  const changed = () => {
    asked.again();
    lookAgain();
  };
  const row = (user) => html`<${User} key=${user.id} user=${user} me=${me} onChanged=${changed} onLink=${(made) => setLink({ ...made, email: user.email })} />`;
  return html`
    <section class="card stack">
      <h2>${words.add}</h2>
      ${link
        ? html`<${Once} label=${fillText(words.link, { email: link.email })} code=${location.origin + link.url}
            note=${fillText(words.link_note, { until: format.instant(link.expires_at, site.time_zone) })} onDone=${() => setLink(null)} />`
        : html`<${Invitation} onInvited=${({ user, link: made }) => { setLink({ ...made, email: user.email }); asked.again(); }} />`}
    </section>
    <section class="card">
      <h2>${words.heading}</h2>
      <${Listed} asked=${asked} caption=${words.heading} none="" columns=${[words.email, words.role]} rows=${({ users }) => users.map(row)} />
      <dl class="statements roles">
        ${ROLES.map((role) => html`<div key=${role}><dt>${words.roles[role]}</dt><dd class="quiet">${words.about[role]}</dd></div>`)}
      </dl>
    </section>
  `;
}

function Invitation({ onInvited }) {
  const words = text.settings.users;
  const [email, setEmail] = useState("");
  const [role, setRole] = useState(ROLES[0]);
  const sending = useSending();
  return html`
    <${Form} sending=${sending} submit=${words.invite} onSend=${() => sending.send(() => inviteUser({ email, role }), onInvited)}>
      <div class="fields">
        <${Field} label=${words.email} type="email" autocomplete="off" required maxlength="254" value=${email} onText=${setEmail} />
        <${Choice} label=${words.role} value=${role} onChoose=${setRole} options=${options()} />
      </div>
      <p class="quiet">${words.invite_note}</p>
    <//>
  `;
}

function User({ user, me, onChanged, onLink }) {
  const words = text.settings.users;
  const role = useSending();
  const link = useSending();
  const own = user.email === me.email;
  return html`
    <tr>
      <th scope="row"><bdi>${user.email}</bdi> ${own && html`<span class="quiet">${words.you}</span>`} ${user.invited && html`<span class="quiet">${words.invited}</span>`}</th>
      <td>
        <${Choice} label=${fillText(words.role_of, { email: user.email })} className="bare" value=${user.role} options=${options()}
          onChoose=${(chosen) => role.send(() => changeUser(user.id, { role: chosen }).finally(onChanged))} />
        ${role.error && html`<${Outcome} sending=${role} />`}
      </td>
      <td>
        <div class="actions">
          <button disabled=${link.running} aria-label=${fillText(words.new_link_what, { email: user.email })}
            onClick=${() => link.send(() => makePasswordLink(user.id), onLink)}>${words.new_link}</button>
          <${Sure} label=${words.remove} about=${fillText(words.remove_what, { email: user.email })} what=${words.remove_says} yes=${words.remove_yes}
            onYes=${() => removeUser(user.id).then(onChanged)} />
        </div>
        ${link.error && html`<${Outcome} sending=${link} />`}
      </td>
    </tr>
  `;
}
