// The overview's questions: what the server is asked for the days and filters of the scope, and what its answers say of
// one currency. Pure.

import { scopeRequest } from "./scope.js";

/** The lists of the overview, in the order in which they are offered. */
export const LISTS = ["channel", "page", "touchpoint", "device", "country"];
/** The steps of the small funnel. */
export const STEPS = ["view_item", "add_to_cart", "begin_checkout", "purchase"];

/** Rows that are no value of their own. */
export const NO_VALUES = ["(none)", "(other)"];

const ROWS = 8;

/** The body of `POST …/reports/overview`. */
export const overviewRequest = (scope) => ({ ...scopeRequest(scope), ...(scope.compare && { compare: "previous" }), limit: ROWS });

/** The body of `POST …/reports/funnel` for the small funnel. */
export const stepsRequest = (scope) => ({ ...scopeRequest(scope), steps: STEPS.map((event) => ({ event })) });

/** The body of `POST …/reports/dropoff` that finds the biggest leak. */
export const leakRequest = (scope, currency) => ({ ...scopeRequest(scope), currency, limit: 1 });

/** The currencies of an answer, the site's own first; there is always that one. */
export function currenciesOf({ total, compare }, own) {
  const kinds = [total, compare?.total].filter(Boolean).flatMap((figures) => [figures.gross_minor, figures.value_left_minor, figures.value_recovered_minor]);
  const others = [...new Set(kinds.flatMap(Object.keys))].filter((currency) => currency !== own);
  const ownUsed = kinds.some((sums) => Object.hasOwn(sums, own));
  return ownUsed || others.length === 0 ? [own, ...others.toSorted()] : others.toSorted();
}

/** An amount of one currency; none is 0, since a sum of nothing is. */
export const amountOf = (sums, currency) => sums?.[currency] ?? 0;

/** The same of an average, which a day without orders does not have. */
export const averageOf = (sums, currency) => sums?.[currency] ?? null;

// With fewer visitors a rate says little.
const VISITORS_MIN = 30;

/** The row whose visitors order least; null where there are not two to compare. */
export function fewestOrders(rows) {
  const told = rows.filter(({ value, visitors }) => !NO_VALUES.includes(value) && VISITORS_MIN <= visitors);
  return told.length > 1 ? told.reduce((least, row) => (row.order_rate < least.order_rate ? row : least)) : null;
}

/** The touchpoint from which most money was left in carts; null where none was. */
export function biggestLeak({ touchpoints }, currency) {
  const worst = touchpoints[0];
  return worst && amountOf(worst.value_at_exit_minor, currency) > 0 ? worst : null;
}
