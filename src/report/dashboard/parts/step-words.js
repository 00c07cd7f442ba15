// What steps are called.

import { eventLabel, text } from "../strings/index.js";

/** A step's name for people: its own, else that of what it is made of. */
export const stepLabel = ({ kind, name, label }) => label || targetLabel(kind, name);

/** What a step is made of, for people. */
export function targetLabel(kind, name) {
  if (kind === "event") {
    return eventLabel(name);
  }
  return kind === "stage" && Object.hasOwn(text.stages, name) ? text.stages[name] : name;
}
