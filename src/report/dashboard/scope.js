// What every report obeys: which days, compared with those before or not, and which conditions hold. It is part of
// every report's address. Pure: text in, plain objects out, and back; what cannot be read becomes its default.

import { isDay, presetPeriod } from "./period.js";

/** What a condition may say; the words for it are in strings/. */
export const CONDITIONS = ["eq", "ne", "in", "not_in", "contains", "starts_with", "gt", "gte", "lt", "lte", "exists"];
/** The server takes no more. */
export const FILTERS_MAX = 20;

const LISTS = ["in", "not_in"];
const OWN = ["from", "to", "compare", "where"];

/** The parameters of an address as [name, value] pairs, values as written: a comma between two must be told from one inside. */
export function rawParameters(search) {
  const written = search.replace(/^\?/, "").split("&").filter((pair) => pair !== "");
  return written.map((pair) => {
    const [name, ...value] = pair.split("=");
    return [name, value.join("=")];
  });
}

/** The text that was written into an address; null for what was never that. */
export function decoded(text) {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return null;
  }
}

/** The scope that an address asks for: { from, to, compare, where }. `today` is the site's day, for the default period. */
export function parseScope(search, today) {
  const raw = rawParameters(search);
  const one = (name) => decoded(raw.find(([own]) => own === name)?.[1] ?? "");
  const [from, to] = [one("from"), one("to")];
  const spelled = isDay(from) && isDay(to) && from < to;
  const period = spelled ? { from, to } : presetPeriod("last_30_days", today);
  const where = raw.filter(([name]) => name === "where").map(([, value]) => parseFilter(value));
  // Who comes without days has chosen nothing yet.
  const compare = one("compare") === "previous" || (!spelled && one("compare") === "");
  return { ...period, compare, where: where.filter(Boolean).slice(0, FILTERS_MAX) };
}

/** The scope as it is written into addresses, complete, so that a link means the same in a year. */
export function scopeText({ from, to, compare, where }) {
  const parts = [`from=${from}`, `to=${to}`, ...(compare ? ["compare=previous"] : []), ...where.map((filter) => `where=${filterText(filter)}`)];
  return parts.join("&");
}

/** The address of a site's screen: its scope, then what is the screen's own. */
export function screenAddress(key, name, scope, own = "") {
  const parts = [scope && scopeText(scope), own].filter(Boolean);
  return `/sites/${encodeURIComponent(key)}/${name}${parts.length > 0 ? `?${parts.join("&")}` : ""}`;
}

/** What stands in an address beside the scope, as it is written there. */
export const ownText = (search) =>
  rawParameters(search)
    .filter(([name]) => !OWN.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");

/** The scope's part of the body of a question. Comparing is asked for by those reports that can. */
export const scopeRequest = ({ from, to, where }) => ({ from, to, ...(where.length > 0 && { where: where.map(filterRequest) }) });

/** A condition as the server is asked. */
export const filterRequest = ({ field, op, values }) => ({ field, op, value: LISTS.includes(op) ? values : values[0] });

/** "device:eq:mobile"; several values with commas between them. */
export function filterText({ field, op, values }) {
  return [encodeURIComponent(field), op, values.map(encodeURIComponent).join(",")].join(":");
}

/** The condition that was written so; null for what was never one. */
export function parseFilter(raw) {
  const [field, op, listed, ...more] = raw.split(":");
  const values = (listed ?? "").split(",").map(decoded);
  const name = decoded(field);
  const reads = name && CONDITIONS.includes(op) && more.length === 0 && values.every((value) => value !== null && value !== "");
  return reads && (LISTS.includes(op) || values.length === 1) ? { field: name, op, values } : null;
}
