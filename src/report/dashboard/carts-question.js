// What the screen of carts asks, out of its address. Pure: parameters in, bodies of questions out.

import { scopeRequest } from "./scope.js";

export const STATES = ["abandoned", "expired", "recovered", "purchased", "open", "idle", "emptied", "all"];
export const SORTS = ["value", "last_activity_at", "opened_at"];
export const MEASURES = ["value", "carts"];
export const BREAKDOWNS = ["step", "last_touchpoint", "last_field", "reason", "device", "channel", "product", "campaign", "recovered_by"];
export const PAGE = 20;

const ROWS = 6;
const OFFSET_MAX = 100_000;

/** What the address says beside the scope: { currency, measure, state, sort, row, offset, cart }. */
export function parseCartsView(own) {
  const oneOf = (name, choices) => (choices.includes(own.get(name)) ? own.get(name) : choices[0]);
  const [by, ...value] = (own.get("row") ?? "").split(":");
  const offset = /^\d{1,6}$/.test(own.get("offset") ?? "") ? Math.min(Number(own.get("offset")), OFFSET_MAX) : 0;
  return {
    currency: /^[A-Z]{3}$/.test(own.get("currency") ?? "") ? own.get("currency") : null,
    measure: oneOf("show", MEASURES),
    state: oneOf("state", STATES),
    sort: oneOf("sort", SORTS),
    row: BREAKDOWNS.includes(by) && value.length > 0 ? { by, value: value.join(":") } : null,
    offset,
    cart: /^\d{1,20}$/.test(own.get("cart") ?? "") ? own.get("cart") : null,
  };
}

/** The body of `POST …/reports/abandonment`. */
export function abandonmentRequest(scope, { currency }) {
  return { ...scopeRequest(scope), limit: ROWS, ...(currency && { currency }), ...(scope.compare && { compare: "previous" }) };
}

/** The body of `POST …/reports/carts` for a page of the list. */
export function cartsRequest(scope, { currency, state, sort, row, offset }) {
  const states = state === "all" ? {} : { states: [state] };
  return { ...scopeRequest(scope), ...(currency && { currency }), ...states, ...(row && { row }), sort, limit: PAGE, offset };
}
