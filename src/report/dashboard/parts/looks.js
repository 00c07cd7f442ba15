// How the dashboard looks and speaks to this reader: the theme is the system's, the language the browser's, unless
// chosen here. Kept in this browser, like glasses; a shared link should not carry them.

import { useState } from "../vendor/hooks.js";
import { html } from "../html.js";
import { LANGUAGES, chooseLanguage, languageNow, text } from "../strings/index.js";
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

/** Each language by its own name: whoever cannot read this one still finds theirs. */
export function LanguageChoice() {
  const options = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));
  return html`<${Choice} label=${text.account.language} options=${options} value=${languageNow()} onChoose=${chooseLanguage} />`;
}

function keep(theme) {
  try {
    localStorage.setItem(STORED_AS, theme);
  } catch {
    // Storage is switched off: the choice lasts until the page is left.
  }
}
