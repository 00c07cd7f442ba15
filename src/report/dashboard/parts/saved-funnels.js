// The funnels that the site keeps by name: open one, save this one, rename, copy, forget.

import { useState } from "../vendor/hooks.js";
import { changeFunnel, fetchFunnels, removeFunnel, saveFunnel } from "../api-funnels.js";
import { funnelRequest, keptQuestion, questionFrom } from "../funnel-question.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { text } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Choice, Field } from "./fields.js";
import { errorText } from "./notice.js";

/** `onOpen` gets the question of the funnel that was chosen; who only reads may choose, and no more. */
export function SavedFunnels({ site, question, today, role, onOpen }) {
  const { answer, again } = useAnswer((key, signal) => fetchFunnels(key, signal), site.key);
  const [chosen, setChosen] = useState(null);
  const [problem, setProblem] = useState("");
  const funnels = answer?.funnels ?? [];
  const current = funnels.find(({ id }) => id === chosen) ?? funnels.find((saved) => asksTheSame(saved, question, today));
  const open = (id) => {
    const saved = funnels.find((one) => String(one.id) === id);
    const asked = saved && !saved.problem ? questionFrom(saved.question, today) : null;
    setProblem(saved && !asked ? (saved.problem ?? text.saved.beyond) : "");
    setChosen(saved?.id ?? null);
    return asked && onOpen(asked);
  };
  const options = [{ value: "", label: text.saved.none }, ...funnels.map(({ id, name }) => ({ value: String(id), label: name }))];
  return html`
    <section class="saved" aria-label=${text.saved.heading}>
      ${funnels.length > 0 && html`<${Choice} label=${text.saved.choose} value=${current ? String(current.id) : ""} options=${options} onChoose=${open} />`}
      ${role !== "viewer" && answer &&
      html`<${Keeping} key=${current?.id} site=${site} current=${current} kept=${keptQuestion(question, today)}
        changed=${current && !asksTheSame(current, question, today)} onKept=${(id) => { setChosen(id); again(); }} />`}
      ${problem && html`<p class="bad" role="alert"><bdi>${problem}</bdi></p>`}
    </section>
  `;
}

// The days move with the calendar or stay; whether the rest is the same is what counts.
function asksTheSame(saved, question, today) {
  const asked = saved.problem ? null : questionFrom(saved.question, today);
  return asked !== null && JSON.stringify(funnelRequest(asked)) === JSON.stringify(funnelRequest(question));
}

function Keeping({ site, current, kept, changed, onKept }) {
  const words = text.saved;
  const [naming, setNaming] = useState(null);
  const [sure, setSure] = useState(false);
  const [{ error, running }, setState] = useState({});
  const doing = (request) => async (...given) => {
    setState({ running: true });
    try {
      const done = await request(...given);
      setNaming(null);
      setState({});
      onKept(done?.id ?? null);
    } catch (failure) {
      setState({ error: failure });
    }
  };
  const name = {
    save: (named) => saveFunnel(site.key, { name: named, question: kept }),
    copy: (named) => saveFunnel(site.key, { name: named, question: current.question }),
    rename: (named) => changeFunnel(site.key, current.id, { name: named }),
  };
  const start = (what) => () => setNaming(naming === what ? null : what);
  return html`
    <div class="actions">
      ${current && changed && html`<button class="primary" disabled=${running} onClick=${doing(() => changeFunnel(site.key, current.id, { question: kept }))}>${words.change}</button>`}
      <button aria-expanded=${String(naming === "save")} onClick=${start("save")}>${words.save}</button>
      ${current && html`
        <button aria-expanded=${String(naming === "rename")} onClick=${start("rename")}>${words.rename}</button>
        <button aria-expanded=${String(naming === "copy")} onClick=${start("copy")}>${words.copy}</button>
        ${sure
          ? html`<button class="bad" disabled=${running} onClick=${doing(() => removeFunnel(site.key, current.id))}>${fillText(words.really, { name: current.name })}</button>`
          : html`<button onClick=${() => setSure(true)}>${words.remove}</button>`}
      `}
    </div>
    ${naming && html`<${NameForm} key=${naming} what=${naming} before=${naming === "save" ? "" : current.name} running=${running} onName=${doing(name[naming])} />`}
    ${error && html`<p class="bad" role="alert">${error.code === "name_taken" ? words.taken : errorText(error)}</p>`}
  `;
}

function NameForm({ what, before, running, onName }) {
  const [name, setName] = useState(what === "copy" ? fillText(text.saved.copy_of, { name: before }) : before);
  const submit = (submission) => {
    submission.preventDefault();
    onName(name.trim());
  };
  return html`
    <form class="name-form" onSubmit=${submit}>
      <${Field} label=${text.saved.name} required maxlength="100" value=${name} onText=${setName} />
      <button class="primary" disabled=${running}>${text.saved.submits[what]}</button>
    </form>
  `;
}
