// First run: the one-time link printed in the terminal lets its holder become the owner. The token is
// in the fragment, which browsers keep to themselves: it reaches no log.

import { useEffect, useState } from "../vendor/hooks.js";
import { setUp } from "../api.js";
import { html } from "../html.js";
import { replaceWith } from "../navigation.js";
import { Field } from "../parts/fields.js";
import { Notice } from "../parts/notice.js";
import { refusalText } from "../parts/sending.js";
import { text } from "../strings/index.js";

export function Setup({ hash }) {
  const token = hash.slice(1);
  const [attempt, setAttempt] = useState({});
  useEffect(() => {
    document.title = `${text.setup.title} · ${text.product}`;
  }, []);
  if (token === "") {
    return html`<${Notice} title=${text.setup.no_token} lead=${text.setup.no_token_lead} />`;
  }
  if (attempt.error?.code === "link_used") {
    return html`<${Notice} title=${text.setup.used} lead=${text.setup.used_lead} action=${{ href: "/login", label: text.setup.to_login }} />`;
  }
  return html`<${SetupForm} token=${token} attempt=${attempt} setAttempt=${setAttempt} />`;
}

function SetupForm({ token, attempt, setAttempt }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const submit = async (submission) => {
    submission.preventDefault();
    setAttempt({ running: true });
    try {
      await setUp(token, email, password);
      replaceWith("/");
    } catch (error) {
      setAttempt({ error });
    }
  };
  return html`
    <form class="card narrow" onSubmit=${submit}>
      <h1>${text.setup.title}</h1>
      <p class="quiet">${text.setup.lead}</p>
      <${Field} label=${text.setup.email} type="email" autocomplete="username" required value=${email} onText=${setEmail} />
      <${Field} label=${text.setup.password} hint=${text.setup.password_hint} type="password" autocomplete="new-password"
        required value=${password} onText=${setPassword} />
      <p class="failure" role="alert">${attempt.error && refusalText(attempt.error)}</p>
      <button class="primary wide" disabled=${attempt.running}>${attempt.running ? text.setup.submitting : text.setup.submit}</button>
    </form>
  `;
}
