// Notes on a chart's time axis: a mark where a note stands, and below it the words of the mark that is pointed at; and
// the same as a column of the chart's table.

import { useState } from "../vendor/hooks.js";
import { fetchNotes } from "../api-notes.js";
import { html } from "../html.js";
import { Link } from "../navigation.js";
import { placeOf } from "../notes-axis.js";
import { screenAddress } from "../scope.js";
import { fillText } from "../sentence.js";
import { format, text } from "../strings/index.js";
import { useAnswer } from "./ask.js";

/** The notes of a site, { notes, again }; none until they are there. */
export function useNotes(site) {
  const { answer, again } = useAnswer(fetchNotes, site.key);
  return { notes: answer?.annotations ?? [], again };
}

/** `at` are the notes of each bucket; `manner` is "line" or "bars", as the chart above draws them; `children` name the axis. */
export function NoteMarks({ at, manner, site, children }) {
  const [pointed, setPointed] = useState(null);
  const marked = at.map((notes, index) => ({ notes, index })).filter(({ notes }) => notes.length > 0);
  if (marked.length === 0) {
    return null;
  }
  const shown = marked.find(({ index }) => index === pointed) ?? marked.at(-1);
  return html`
    <div class="note-axis" role="group" aria-label=${text.notes.heading}>
      <div class=${`note-marks ${manner}`}>
        ${marked.map(({ notes, index }) => {
          const point = () => setPointed(index);
          const place = { insetInlineStart: `${placeOf(manner, index, at.length)}%` };
          return html`<button key=${index} class="note-mark" style=${place} aria-label=${wordsOf(notes)} aria-pressed=${String(index === shown.index)}
            onPointerEnter=${point} onFocus=${point} onClick=${point}>▾</button>`;
        })}
      </div>
      ${children}
      <p class="note-words" aria-live="polite">
        ${shown.notes.map((note) => html`<span key=${note.id}><span class="quiet">${format.day(note.date)}</span> <bdi>${note.text}</bdi></span>`)}
        ${site && html`<${Link} href=${screenAddress(site.key, "settings", null, "part=notes")}>${text.notes.all}<//>`}
      </p>
    </div>
  `;
}

const wordsOf = (notes) => notes.map(({ date, text: said }) => fillText(text.notes.mark, { day: format.day(date), text: said })).join(" · ");

/** The heading of the notes' column, where there is any note. */
export const NoteHead = ({ at }) => at.some((notes) => notes.length > 0) && html`<th scope="col">${text.notes.heading}</th>`;

/** A row's notes. */
export const NoteCell = ({ at, index }) =>
  at.some((notes) => notes.length > 0) && html`<td class="note-text"><bdi>${at[index].map(({ text: said }) => said).join(" · ")}</bdi></td>`;
