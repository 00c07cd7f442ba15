// Taking away what is shown: a table as CSV, a chart as a picture. Both look at the card they stand in, so what is saved
// is what is seen.

import { useRef, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { fillText } from "../sentence.js";
import { text } from "../strings/index.js";

/** A button in a card with a table. A cell's `data-value` is saved in place of its words, its `data-key` behind them. */
export function SaveTable({ what }) {
  const button = useRef(null);
  const save = async () => {
    const { csvOf } = await import("../csv.js");
    const cells = cellsOf(button.current.closest(".card").querySelector("table"));
    // With a mark in front, without which Excel takes UTF-8 for something else.
    saveAs(new Blob(["\ufeff", csvOf(cells)], { type: "text/csv;charset=utf-8" }), `${fileName(what)}.csv`);
  };
  return html`<button ref=${button} class="save" aria-label=${fillText(text.saving.csv_of, { what })} onClick=${save}>${text.saving.csv}</button>`;
}

/** A button in a card with a chart: what bears `data-chart` there becomes a PNG. */
export function SavePicture({ what }) {
  const button = useRef(null);
  const [failed, setFailed] = useState(false);
  const save = async () => {
    try {
      const { pictureOf } = await import("../picture.js");
      saveAs(await pictureOf(button.current.closest(".card"), what), `${fileName(what)}.png`);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return html`
    <button ref=${button} class="save" aria-label=${fillText(text.saving.png_of, { what })} onClick=${save}>${text.saving.png}</button>
    ${failed && html`<span class="bad" role="alert">${text.saving.failed}</span>`}
  `;
}

// Row by row what a table says. A column whose cells have keys becomes two.
function cellsOf(table) {
  const rows = [...table.rows].map((row) => [...row.cells]);
  const keyed = new Set(rows.flat().filter(({ dataset }) => dataset.key !== undefined).map(({ cellIndex }) => cellIndex));
  const keyOf = (cell) => (cell.closest("thead") ? fillText(text.saving.key, { column: saidBy(cell) }) : (cell.dataset.key ?? ""));
  return rows.map((cells) => cells.flatMap((cell) => (keyed.has(cell.cellIndex) ? [saidBy(cell), keyOf(cell)] : [saidBy(cell)])));
}

const saidBy = (cell) => cell.dataset.value ?? cell.innerText.trim();

const fileName = (what) => `styk ${what}`.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-");

function saveAs(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
