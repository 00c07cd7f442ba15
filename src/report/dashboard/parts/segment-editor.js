// Choosing visitors: what they did or never did, what was true when they did anything, or what became of their carts; out
// of what really occurs.

import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { FATES } from "../segment.js";
import { text } from "../strings/index.js";
import { Choice } from "./fields.js";
import { FilterEditor } from "./filter-editor.js";
import { Chips } from "./scope-bar.js";
import { TargetField } from "./target-field.js";

// What can be asked, and the verb it is asked with: of "any", only the conditions are.
const ASKED = { did: "did", did_not: "did_not", any: "did", any_not: "did_not", cart: "cart", no_cart: "no_cart" };

const PARTS = { did: Deed, did_not: Deed, any: AnyDeed, any_not: AnyDeed, cart: Cart, no_cart: Cart };

/** `onAdd` gets a condition as segment.js has them. */
export function SegmentEditor({ site, onAdd, onClose }) {
  const words = text.segment;
  const [asked, setAsked] = useState("did");
  const [ever, setEver] = useState("period");
  const whole = useRef(null);
  useEffect(() => whole.current.querySelector("select").focus(), []);
  const add = (sought) => onAdd({ verb: ASKED[asked], ever: ever === "ever", ...sought });
  const choices = (labels) => Object.entries(labels).map(([value, label]) => ({ value, label }));
  return html`
    <div class="segment-editor" ref=${whole} onKeyDown=${(press) => press.key === "Escape" && onClose()}>
      <div class="segment-line">
        <${Choice} label=${words.who} value=${asked} options=${choices(words.asked)} onChoose=${setAsked} />
        <${Choice} label=${words.when} value=${ever} options=${choices(words.within)} onChoose=${setEver} />
      </div>
      <${PARTS[asked]} key=${asked} site=${site} onAdd=${add} />
    </div>
  `;
}

function Deed({ site, onAdd }) {
  const words = text.segment;
  const [target, setTarget] = useState({ kind: "event", name: "" });
  const [where, setWhere] = useState([]);
  const [adding, setAdding] = useState(false);
  const submit = (submission) => {
    submission.preventDefault();
    onAdd({ ...target, where });
  };
  const narrow = (filter) => {
    setAdding(false);
    setWhere([...where, filter]);
  };
  return html`
    <form class="segment-line" onSubmit=${submit}>
      <${TargetField} site=${site} label=${words.what} kindLabel=${words.kind} target=${target} onChange=${setTarget} />
      <div class="step-buttons">
        <button type="button" aria-expanded=${adding ? "true" : "false"} onClick=${() => setAdding(!adding)}>${adding ? text.scope.close : text.steps.add_filter}</button>
        <button class="primary">${words.submit}</button>
      </div>
    </form>
    ${where.length > 0 && html`<${Chips} where=${where} onChange=${setWhere} />`}
    ${adding && html`<${FilterEditor} site=${site} onAdd=${narrow} onClose=${() => setAdding(false)} />`}
  `;
}

function AnyDeed({ site, onAdd }) {
  const add = (filter) => onAdd({ kind: "event", name: "", where: [filter] });
  return html`<${FilterEditor} site=${site} focused=${false} onAdd=${add} onClose=${() => null} />`;
}

function Cart({ onAdd }) {
  const words = text.segment;
  const [fate, setFate] = useState(FATES[0]);
  const submit = (submission) => {
    submission.preventDefault();
    onAdd({ fate });
  };
  return html`
    <form class="segment-line" onSubmit=${submit}>
      <${Choice} label=${words.fate} value=${fate} options=${FATES.map((value) => ({ value, label: words.fates[value] }))} onChoose=${setFate} />
      <button class="primary">${words.submit}</button>
    </form>
  `;
}
