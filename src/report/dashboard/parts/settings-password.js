// One's own password.

import { useState } from "../vendor/hooks.js";
import { changePassword } from "../api-settings.js";
import { html } from "../html.js";
import { text } from "../strings/index.js";
import { Field } from "./fields.js";
import { Form, useSending } from "./sending.js";

export function SettingsPassword({ me }) {
  const words = text.settings.password;
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const sending = useSending();
  const changed = () => {
    setCurrent("");
    setPassword("");
  };
  return html`
    <section class="card">
      <${Form} sending=${sending} submit=${words.submit} done=${words.done} onSend=${() => sending.send(() => changePassword(current, password), changed)}>
        <input class="unseen" type="email" autocomplete="username" value=${me.email} readonly tabindex="-1" aria-hidden="true" />
        <${Field} label=${words.current} type="password" autocomplete="current-password" required value=${current} onText=${setCurrent} />
        <${Field} label=${words.fresh} hint=${words.hint} type="password" autocomplete="new-password" required minlength="10" value=${password} onText=${setPassword} />
      <//>
    </section>
  `;
}
