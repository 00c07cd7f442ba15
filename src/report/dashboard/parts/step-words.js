// What steps are called.

import { eventLabel, text, touchpointLabel } from "../strings/index.js";

/** A step's name for people: its own, else that of what it is made of. */
export const stepLabel = ({ kind, name, label }) => label || targetLabel(kind, name);

/** What a step is made of, for people. */
export function targetLabel(kind, name) {
  if (kind === "event") {
    return eventLabel(name);
  }
  if (kind === "touchpoint") {
    return touchpointLabel(name);
  }
  return kind === "stage" && Object.hasOwn(text.stages, name) ? text.stages[name] : name;
}

/** A step of an answer: its own name, else that of the touchpoint or event. */
export const answeredLabel = ({ label, touchpoint }) => (touchpoint === label ? touchpointLabel(label) : eventLabel(label));
