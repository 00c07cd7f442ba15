// The link that an owner gives: whoever holds it chooses a password, and is signed in. The token is in the fragment,
// which browsers keep to themselves: it reaches no log.

import { useEffect, useState } from "../vendor/hooks.js";
import { choosePassword } from "../api-settings.js";
import { html } from "../html.js";
import { replaceWith } from "../navigation.js";
import { Field } from "../parts/fields.js";
import { Notice } from "../parts/notice.js";
import { Form, useSending } from "../parts/sending.js";
import { decoded } from "../state.js";
import { text } from "../strings/index.js";

export function Password({ hash }) {
  const words = text.password_link;
  // Behind the token, whose password it is: for people, and for what keeps their passwords.
  const [token, email] = hash.slice(1).split(":");
  const [password, setPassword] = useState("");
  const sending = useSending();
  useEffect(() => {
    document.title = `${words.title} · ${text.product}`;
  }, []);
  if (token === "" || sending.error?.code === "link_used") {
    return html`<${Notice} title=${words.over} lead=${words.over_lead} action=${{ href: "/login", label: text.setup.to_login }} />`;
  }
  return html`
    <section class="card narrow">
      <h1>${words.title}</h1>
      <p class="quiet">${words.lead}</p>
      <${Form} sending=${sending} submit=${words.submit} onSend=${() => sending.send(() => choosePassword(token, password), () => replaceWith("/"))}>
        ${email && html`<${Field} label=${text.login.email} type="email" autocomplete="username" readonly value=${decoded(email) ?? ""} onText=${() => null} />`}
        <${Field} label=${text.login.password} hint=${text.setup.password_hint} type="password" autocomplete="new-password" required minlength="10" value=${password} onText=${setPassword} />
      <//>
    </section>
  `;
}
