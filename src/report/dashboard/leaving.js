// How the figures of the drop-off report are read: pure, so that it can be tested without a page.

import { format } from "./strings/index.js";

/** How many sessions or visitors a row is about. */
export const unitsOf = (row, unit) => row[`${unit}s`] ?? 0;

/** "€98.70", the site's currency first, others beside it: they are never added. "–" where there is nothing. */
export function moneyText(sums, currency) {
  const codes = Object.keys(sums).toSorted((a, b) => (b === currency) - (a === currency) || (a < b ? -1 : 1));
  return codes.map((code) => format.money(sums[code], code)).join(" + ") || format.money(Number.NaN, currency);
}

/**
 * What a row's bar is of: money where any touchpoint lost some in this currency, else the exits. { of, most }
 */
export function measureOf(rows, currency) {
  const money = (row) => row.value_at_exit_minor[currency] ?? 0;
  const of = rows.some((row) => money(row) > 0) ? money : (row) => row.exits;
  return { of, most: Math.max(1, ...rows.map(of)) };
}
