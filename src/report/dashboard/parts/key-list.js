// The list of keys, in a dialog.

import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { text } from "../strings/index.js";
import { keysOn, switchKeys } from "./keyboard.js";

const KEYS = [
  ["?", "help"],
  ["1 – 9", "screens"],
  ["P", "period"],
  ["C", "compare"],
  ["F", "filter"],
  ["V", "segment"],
  ["Tab", "tab"],
  ["Esc", "close"],
];

export function KeyList({ onClose }) {
  const words = text.keyboard;
  const dialog = useRef(null);
  const [on, setOn] = useState(keysOn);
  useEffect(() => dialog.current.showModal(), []);
  const choose = (tick) => {
    switchKeys(tick.currentTarget.checked);
    setOn(tick.currentTarget.checked);
  };
  return html`
    <dialog class="keys" ref=${dialog} onClose=${onClose} aria-labelledby="keys-heading">
      <h2 id="keys-heading">${words.heading}</h2>
      <dl>
        ${KEYS.map(([key, name]) => html`<div key=${name}><dt><kbd>${key}</kbd></dt><dd>${words.keys[name]}</dd></div>`)}
      </dl>
      <label class="check"><input type="checkbox" checked=${on} onChange=${choose} /> ${words.on}</label>
      <div class="actions"><button class="primary" onClick=${() => dialog.current.close()}>${words.close}</button></div>
    </dialog>
  `;
}
