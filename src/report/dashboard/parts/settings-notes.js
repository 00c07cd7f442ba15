// The notes on a site's days: all of them, the newest day first.

import { useState } from "../vendor/hooks.js";
import { addNote, changeNote, fetchNotes, removeNote } from "../api-notes.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { useAnswer } from "./ask.js";
import { Listed } from "./listed.js";
import { NoteForm } from "./note-form.js";
import { Sure } from "./sending.js";

export function SettingsNotes({ site, me }) {
  const words = text.notes;
  const asked = useAnswer(fetchNotes, site.key);
  const [changing, setChanging] = useState(null);
  const edits = me.role !== "viewer";
  const changed = () => {
    setChanging(null);
    asked.again();
  };
  const row = (note) =>
    note.id === changing
      ? html`<tr key=${note.id}><td colspan="4"><${NoteForm} site=${site} before=${note} submit=${words.save} onSend=${(form) => changeNote(site.key, note.id, form)} onDone=${changed} onClose=${() => setChanging(null)} /></td></tr>`
      : html`<${Row} key=${note.id} note=${note} site=${site} edits=${edits} onChange=${() => setChanging(note.id)} onRemoved=${changed} />`;
  return html`
    ${edits && html`<section class="card stack"><h2>${words.add}</h2><${NoteForm} site=${site} submit=${words.save} onSend=${(form) => addNote(site.key, form)} onDone=${changed} /></section>`}
    <section class="card">
      <h2>${words.heading}</h2>
      <${Listed} asked=${asked} caption=${words.heading} none=${words.none} columns=${[words.date, words.text, words.by]}
        rows=${({ annotations }) => annotations.toReversed().map(row)} />
    </section>
  `;
}

function Row({ note, site, edits, onChange, onRemoved }) {
  const words = text.notes;
  return html`
    <tr>
      <th scope="row">${format.day(note.date)}</th>
      <td class="note-text"><bdi>${note.text}</bdi></td>
      <td class="quiet"><bdi>${note.changed_by}</bdi></td>
      <td>
        ${edits &&
        html`<div class="actions">
          <button onClick=${onChange} aria-label=${fillText(words.change_what, { text: note.text })}>${words.change}</button>
          <${Sure} label=${words.remove} about=${fillText(words.remove_what, { text: note.text })} what=${words.remove_says} yes=${words.remove_yes}
            onYes=${() => removeNote(site.key, note.id).then(onRemoved)} />
        </div>`}
      </td>
    </tr>
  `;
}
