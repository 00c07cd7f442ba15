// The language in use. One so far; a second is a sibling of en.js and a choice here.

import { formatFor } from "../format.js";
import { locale, strings } from "./en.js";

export const text = strings;

// The reader's own variant of the language, if there is one: en-GB writes dates otherwise than en-US.
const languages = globalThis.navigator?.languages ?? [];
export const format = formatFor(languages.find((language) => language.split("-")[0] === locale) ?? locale);

/** A step's or event's name for people: the shop's word for known events, else as received. */
export const eventLabel = (event) => (Object.hasOwn(text.events, event) ? text.events[event] : event);

/** A breakdown value for people. */
export const valueLabel = (field, value) => {
  const known = field === "device" ? { ...text.breakdown.values, ...text.devices } : text.breakdown.values;
  return Object.hasOwn(known, value) ? known[value] : value;
};

/** "7 days" for 604800, in the largest unit that divides it. */
export const spanText = (seconds) => {
  const sizes = { day: 86_400, hour: 3600, minute: 60, second: 1 };
  const unit = Object.keys(sizes).find((name) => seconds % sizes[name] === 0);
  return format.plural(text.spans[unit], seconds / sizes[unit]);
};
