// What happened in these days, below the figures: the notes on their axis, and for editors, another one.

import { useState } from "../vendor/hooks.js";
import { addNote } from "../api-notes.js";
import { html } from "../html.js";
import { later } from "../later.js";
import { format, text } from "../strings/index.js";
import { NoteMarks } from "./notes.js";

const NoteForm = later(() => import("./note-form.js"), "NoteForm", "forms");

/** `at` are the notes of each bucket of `trend`. */
export function OverviewNotes({ site, me, trend, at, onChanged }) {
  const words = text.notes;
  const [adding, setAdding] = useState(false);
  const edits = me.role !== "viewer";
  const some = at.some((notes) => notes.length > 0);
  if (!some && !edits) {
    return null;
  }
  const done = () => {
    setAdding(false);
    onChanged();
  };
  const named = (bucket) => format.day(bucket.from.slice(0, 10));
  return html`
    <section class="card notes">
      <div class="card-head">
        <h2>${words.heading}</h2>
        ${!some && html`<span class="quiet">${words.none_here}</span>`}
        ${edits && !adding && html`<button class="save" onClick=${() => setAdding(true)}>${words.add}</button>`}
      </div>
      ${some &&
      html`
        <${NoteMarks} at=${at} manner="line" site=${site}>
          <div class="trend-ends"><span>${named(trend.buckets[0])}</span><span>${trend.buckets.length > 1 && named(trend.buckets.at(-1))}</span></div>
        <//>
      `}
      ${adding && html`<${NoteForm} site=${site} submit=${words.save} onSend=${(form) => addNote(site.key, form)} onDone=${done} onClose=${() => setAdding(false)} />`}
    </section>
  `;
}
