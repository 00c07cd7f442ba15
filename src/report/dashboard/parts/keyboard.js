// Single keys that lead to what bears them (`data-key`), and `?` for their list. They can be switched off, for those
// whose keyboard or voice types a key by accident.

import { useEffect, useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { later } from "../later.js";

const KeyList = later(() => import("./key-list.js"), "KeyList", "keyboard");
const STORED_AS = "styk-keys";
const OPEN = "styk:keys";

/** Shows the list of keys. */
export const openKeyboardHelp = () => dispatchEvent(new Event(OPEN));

/** Whether single keys are shortcuts. */
export function keysOn() {
  try {
    return localStorage.getItem(STORED_AS) !== "off";
  } catch {
    return true;
  }
}

/** Switches them on or off in this browser. */
export function switchKeys(on) {
  try {
    localStorage.setItem(STORED_AS, on ? "on" : "off");
  } catch {
    // Storage is switched off: they stay as they are.
  }
}

export function KeyboardHelp() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const show = () => setOpen(true);
    addEventListener("keydown", followKey);
    addEventListener(OPEN, show);
    return () => {
      removeEventListener("keydown", followKey);
      removeEventListener(OPEN, show);
    };
  }, []);
  return open && html`<${KeyList} onClose=${() => setOpen(false)} />`;
}

function followKey(press) {
  const typing = press.target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea, dialog, [popover]");
  if (typing || press.ctrlKey || press.metaKey || press.altKey || press.repeat || !keysOn()) {
    return;
  }
  if (press.key === "?") {
    press.preventDefault();
    openKeyboardHelp();
    return;
  }
  const target = /^[a-z1-9]$/.test(press.key) && document.querySelector(`[data-key="${press.key}"]`);
  if (target) {
    press.preventDefault();
    target.focus();
    // A select opens by the next key; the others do what they are for.
    if (target.tagName !== "SELECT") {
      target.click();
    }
  }
}
