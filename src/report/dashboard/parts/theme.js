// The theme: the system's unless the reader chose one. Kept in this browser, like glasses; it is
// the one choice that a shared link should not carry.

import { useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { text } from "../strings/index.js";
import { Choice } from "./fields.js";

// theme-first.js reads the same key before the first paint.
const STORED_AS = "styk-theme";
const THEMES = ["auto", "light", "dark"];

export function ThemeChoice() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? "auto");
  const choose = (chosen) => {
    setTheme(chosen);
    if (chosen === "auto") {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = chosen;
    }
    keep(chosen);
  };
  const options = THEMES.map((value) => ({ value, label: text.account.themes[value] }));
  return html`<${Choice} label=${text.account.theme} options=${options} value=${theme} onChoose=${choose} />`;
}

function keep(theme) {
  try {
    localStorage.setItem(STORED_AS, theme);
  } catch {
    // Storage is switched off: the choice lasts until the page is left.
  }
}
