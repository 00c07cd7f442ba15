// Sign in, then back to where the reader wanted to go.

import { useEffect, useState } from "../vendor/hooks.js";
import { signIn } from "../api.js";
import { html } from "../html.js";
import { replaceWith } from "../navigation.js";
import { Field } from "../parts/fields.js";
import { errorText } from "../parts/notice.js";
import { parseNext } from "../state.js";
import { text } from "../strings/index.js";

export function Login({ search }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [attempt, setAttempt] = useState({});
  useEffect(() => {
    document.title = `${text.login.title} · ${text.product}`;
  }, []);
  const submit = async (submission) => {
    submission.preventDefault();
    setAttempt({ running: true });
    try {
      await signIn(email, password);
      replaceWith(parseNext(search));
    } catch (error) {
      setAttempt({ error });
    }
  };
  return html`
    <form class="card narrow" onSubmit=${submit}>
      <h1>${text.login.title}</h1>
      <${Field} label=${text.login.email} type="email" autocomplete="username" required value=${email} onText=${setEmail} />
      <${Field} label=${text.login.password} type="password" autocomplete="current-password" required value=${password} onText=${setPassword} />
      <p class="failure" role="alert">${attempt.error && errorText(attempt.error)}</p>
      <button class="primary wide" disabled=${attempt.running}>${attempt.running ? text.login.submitting : text.login.submit}</button>
    </form>
  `;
}
