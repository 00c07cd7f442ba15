// What the register calls touchpoints, as far as answers have told. It is the server's: the same whichever site is shown,
// and whoever asked.

const names = new Map();

/** Takes the `touchpoint_names` of an answer, if it has any. */
export function hearNames(told) {
  Object.entries(told ?? {}).forEach(([key, name]) => names.set(key, name));
}

/** The register's name of the touchpoint with this key; none where no answer has told one. */
export const registeredName = (key) => names.get(key);
