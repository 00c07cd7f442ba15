// What the screen of those who come back asks, out of its address, and how its triangle is read. Pure.

import { scopeRequest } from "./scope.js";

export const UNITS = ["visitor", "customer"];
export const COHORTS = ["first_visit", "first_order"];
export const RETURNS = ["visit", "order"];
export const CALENDAR = ["week", "day", "month"];

// Darkest where most came back; the words on it stay readable.
const SHADE_MOST = 0.5;
const SHADE_LEAST = 0.06;

/** What the address, or a question that is kept, says beside the scope: { unit, cohort, returning, by }. */
export function parseRetentionView(own) {
  const oneOf = (name, choices) => (choices.includes(own.get(name)) ? own.get(name) : choices[0]);
  return { unit: oneOf("unit", UNITS), cohort: oneOf("cohort", COHORTS), returning: oneOf("returning", RETURNS), by: oneOf("by", CALENDAR) };
}

/** The body of `POST …/reports/retention`. */
export const retentionRequest = (scope, view) => ({ ...scopeRequest(scope), ...view });

/** Whether everybody is in the cohort's own cell, since what brought them into the cohort counts there. */
export const isGiven = ({ cohort, returning }, after) => after === 0 && cohort.endsWith(returning);

/** How dark each rate is told, from 0 to 1: against the highest of those that are not given. */
export function shadeOf({ cohorts }, view) {
  const told = cohorts.flatMap(({ cells }) => cells.filter(({ after }) => !isGiven(view, after)));
  const most = Math.max(...told.map(({ rate }) => rate ?? 0), 0);
  return (rate) => (rate > 0 ? SHADE_LEAST + ((SHADE_MOST - SHADE_LEAST) * rate) / most : 0);
}

/** How many are in the cohorts, and how many of them came back. */
export function sizesOf({ cohorts }) {
  const sum = (of) => cohorts.reduce((all, cohort) => all + of(cohort), 0);
  return { size: sum(({ size }) => size), returned: sum(({ returned }) => returned.count) };
}
