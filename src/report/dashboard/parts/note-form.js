// The form of a note: a day and what happened then.

import { useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { todayIn } from "../period.js";
import { text } from "../strings/index.js";
import { Field } from "./fields.js";
import { Form, useSending } from "./sending.js";

/** `before` is the note to change, if any; `onClose` gives up. */
export function NoteForm({ site, before, date: suggested, submit, onSend, onDone, onClose }) {
  const words = text.notes;
  const [date, setDate] = useState(before?.date ?? suggested ?? todayIn(site.time_zone, new Date()));
  const [said, setSaid] = useState(before?.text ?? "");
  const sending = useSending();
  const done = () => {
    setSaid("");
    onDone();
  };
  return html`
    <${Form} className="note-form" sending=${sending} submit=${submit} onSend=${() => sending.send(() => onSend({ date, text: said }), done)}>
      <${Field} label=${words.date} type="date" required value=${date} onText=${setDate} />
      <${Field} label=${words.text} required maxlength="200" placeholder=${words.example} value=${said} onText=${setSaid} />
      ${onClose && html`<button type="button" onClick=${onClose}>${words.close}</button>`}
    <//>
  `;
}
