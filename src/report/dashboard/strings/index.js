// The language in use, and its words. A language is a folder of the same files: shell.js is there from the start,
// a screen's own file comes with the screen (later.js). To add a language, copy the folder en and name it here.

import { formatFor } from "../format.js";
import { registeredName } from "../touchpoints.js";

/** Every language, by its own name. */
export const LANGUAGES = { en: "English", pl: "Polski", cs: "Čeština", de: "Deutsch" };

/** All words that were loaded; screens read them from here. */
export const text = {};

/** Numbers, dates and money as the language writes them. */
export let format = formatFor("en");

let language = "en";
const loaded = new Map();
const STORED_AS = "styk-language";

/** The language that was chosen here, else the first of the reader's that there is. */
export function languageOf(chosen, preferred) {
  const candidates = [chosen, ...preferred].map((tag) => (tag ?? "").split("-")[0]);
  return candidates.find((candidate) => Object.hasOwn(LANGUAGES, candidate)) ?? "en";
}

/** Takes a language, with the reader's own variant of it: en-GB writes dates otherwise than en-US. */
export function speak(chosen, preferred) {
  language = languageOf(chosen, preferred);
  format = formatFor(preferred.find((tag) => tag.split("-")[0] === language) ?? language);
  loaded.clear();
  return loadWords("shell");
}

/** Adds a file of words to `text`. */
export function loadWords(part) {
  if (!loaded.has(part)) {
    const words = import(`./${language}/${part}.js`).then((module) => Object.assign(text, module.words));
    loaded.set(part, words);
  }
  return loaded.get(part);
}

/** What the reader chose in this browser, if anything. */
export function chosenLanguage() {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}

/** Keeps the choice, and shows everything in it. */
export function chooseLanguage(chosen) {
  try {
    localStorage.setItem(STORED_AS, chosen);
  } catch {
    // Storage is switched off: the browser's own language stays.
  }
  location.reload();
}

/** The language in use, such as "en". */
export const languageNow = () => language;

/** A step's or event's name for people: the shop's word for known events, else as received. */
export const eventLabel = (event) => (Object.hasOwn(text.events, event) ? text.events[event] : event);

/** A touchpoint, for people: the register's name, else that of the event which it is called as. */
export function touchpointLabel(key) {
  const name = registeredName(key);
  if (name !== undefined) {
    return Object.hasOwn(text.touchpoints, name) ? text.touchpoints[name] : name;
  }
  return Object.hasOwn(text.values, key) ? text.values[key] : eventLabel(key);
}

/** A field of events, for people. */
export const fieldLabel = (field) => (Object.hasOwn(text.scope.fields, field) ? text.scope.fields[field] : field);

/** A value of a field, for people. */
export const valueLabel = (field, value) => {
  if (field === "touchpoint") {
    return touchpointLabel(value);
  }
  const known = { ...text.values, ...{ device: text.devices, event: text.events }[field] };
  return Object.hasOwn(known, value) ? known[value] : value;
};

/** "7 days" for 604800, in the largest unit that divides it. */
export const spanText = (seconds) => {
  const sizes = { day: 86_400, hour: 3600, minute: 60, second: 1 };
  const unit = Object.keys(sizes).find((name) => seconds % sizes[name] === 0);
  return format.plural(text.spans[unit], seconds / sizes[unit]);
};
