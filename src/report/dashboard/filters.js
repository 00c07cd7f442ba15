// Which events are meant: by what they are named, and by conditions, "device is phone", as an address writes them and as
// the server is asked. Pure: text in, plain objects out, and back; what cannot be read is null.

import { decoded } from "./state.js";

/** What events can be named by, in the order offered. */
export const KINDS = ["event", "touchpoint", "stage", "page"];
/** What a condition may say; the words for it are in strings/. */
export const CONDITIONS = ["eq", "ne", "in", "not_in", "contains", "starts_with", "gt", "gte", "lt", "lte", "exists"];

const LISTS = ["in", "not_in"];

/** A condition as the server is asked. */
export const filterRequest = ({ field, op, values }) => ({ field, op, value: LISTS.includes(op) ? values : values[0] });

/** What events are named by, { kind, name }, out of a question that was saved or frozen; no name where it has none. */
export function targetFrom(request) {
  const kind = KINDS.find((candidate) => Object.hasOwn(request, candidate)) ?? KINDS[0];
  return { kind, name: request[kind] ?? "" };
}

/** A condition out of a question that was saved. */
export const filterFrom = ({ field, op, value }) => ({ field, op, values: [value].flat().map(String) });

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
