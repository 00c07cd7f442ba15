// The funnel's question: what the address says of it, what the server is asked, what is saved.
// Pure: text in, plain objects out, and back. Whatever cannot be read is replaced by its default, so an address typed by
// hand or cut in a mail still opens.

import { filterFrom } from "./filters.js";
import {
  STEP_PRESETS, exclusionFrom, exclusionRequest, exclusionsText, parseExclusions, parseSteps, stepFrom, stepRequest, stepsText,
} from "./funnel-steps.js";
import { addDays, answeredDays, isDay } from "./period.js";
import { keptRequest, parseScope, rawParameters, scopeRequest, screenAddress } from "./scope.js";
import { conditionFrom } from "./segment.js";
import { decoded } from "./state.js";

export const BREAKDOWNS = ["none", "device", "channel", "country", "browser", "os", "language", "campaign", "source", "touchpoint", "page"];
export const UNITS = ["visitor", "customer", "session"];
export const ORDERS = ["sequential", "strict", "any"];
export const HOLDS = ["cart_id", "transaction_id", "item_id", "page"];
export const TRENDS = ["none", "day", "week", "month"];
export const LABELS = ["share", "count"];
/** Conversion windows offered, in seconds; an address may carry any other. */
export const WINDOWS = [1800, 86_400, 604_800, 2_592_000];

const WINDOW_SECONDS_MAX = 366 * 86_400;
const WINDOW_SECONDS = 604_800;
const HOLDS_MAX = 3;
const SECONDS_OF = { d: 86_400, h: 3600, m: 60, s: 1 };
const DEFAULT_SORT = "-entered";

/** "7d" for 604800: the largest unit that divides it. */
export function windowText(seconds) {
  const unit = Object.keys(SECONDS_OF).find((letter) => seconds % SECONDS_OF[letter] === 0);
  return `${seconds / SECONDS_OF[unit]}${unit}`;
}

/** 604800 for "7d"; null for what is no conversion window. */
export function parseWindow(text) {
  const match = /^(\d{1,8})([dhms])$/.exec(text ?? "");
  const seconds = match ? Number(match[1]) * SECONDS_OF[match[2]] : 0;
  return 1 <= seconds && seconds <= WINDOW_SECONDS_MAX ? seconds : null;
}

/** The funnel question an address asks, complete. `today` is the site's day, for the default period. */
export function parseFunnelQuestion(search, today) {
  const raw = new Map(rawParameters(search));
  const text = (name) => decoded(raw.get(name) ?? "") ?? "";
  const oneOf = (name, choices) => (choices.includes(text(name)) ? text(name) : choices[0]);
  const sort = text("sort");
  const steps = parseSteps(search) ?? STEP_PRESETS.shop_checkout;
  const hold = text("hold").split(",").filter(Boolean).slice(0, HOLDS_MAX);
  return {
    ...parseScope(search, today),
    steps,
    windowSeconds: parseWindow(text("window")) ?? WINDOW_SECONDS,
    unit: oneOf("unit", UNITS),
    order: oneOf("order", ORDERS),
    exclude: parseExclusions(search, steps.length),
    hold,
    breakdown: oneOf("breakdown", BREAKDOWNS),
    trend: oneOf("trend", TRENDS),
    labels: oneOf("labels", LABELS),
    sort: /^-?(value|entered|conversion|step\d{1,2})$/.test(sort) ? sort : DEFAULT_SORT,
  };
}

/**
 * The address of a funnel question. What defines the numbers is always spelled out, so that a link
 * means the same in a year; what only concerns the view is left out while it is the default.
 */
export function funnelAddress(key, question) {
  const { breakdown, steps, windowSeconds, unit, order, exclude, hold, trend, labels, sort } = question;
  const unless = (name, value, usual) => (value === usual ? [] : [`${name}=${encodeURIComponent(value)}`]);
  const parts = [
    ...unless("breakdown", breakdown, BREAKDOWNS[0]),
    ...stepsText(steps),
    `window=${windowText(windowSeconds)}`,
    `unit=${unit}`,
    ...unless("order", order, ORDERS[0]),
    ...exclusionsText(exclude),
    ...unless("hold", hold.join(","), ""),
    ...unless("trend", trend, TRENDS[0]),
    ...unless("labels", labels, LABELS[0]),
    ...(breakdown === BREAKDOWNS[0] ? [] : unless("sort", sort, DEFAULT_SORT)),
  ];
  return screenAddress(key, "funnel", question, parts.join("&"));
}

/**
 * One step of a question by itself, by device and day: from the step before it that may not be skipped. What ends an
 * attempt elsewhere does not hold there.
 */
export function stepAlone(question, index) {
  const before = question.steps.findLastIndex((step, place) => place < index && !step.optional);
  return pairOf(question, [question.steps[before], { ...question.steps[index], optional: false }], "device");
}

/** Two steps by a field and by day, in the days and conditions of a scope. */
export function pairAddress(key, scope, steps, breakdown) {
  return funnelAddress(key, pairOf({ ...parseFunnelQuestion("", scope.to), ...scope }, steps, breakdown));
}

const pairOf = (question, steps, breakdown) => ({ ...question, steps, exclude: [], breakdown, trend: "day" });

/** The body of `POST …/reports/funnel` for a question. */
export function funnelRequest(question) {
  const { steps, windowSeconds, unit, order, exclude, hold, breakdown, trend, compare } = question;
  return {
    ...scopeRequest(question),
    steps: steps.map(stepRequest),
    window_seconds: windowSeconds,
    unit,
    ...(order !== ORDERS[0] && { order }),
    ...(exclude.length > 0 && { exclude: exclude.map(exclusionRequest) }),
    ...(hold.length > 0 && { hold }),
    ...(breakdown !== BREAKDOWNS[0] && { breakdown: { field: breakdown, limit: 10 } }),
    ...(trend !== TRENDS[0] && { trend }),
    ...(compare && { compare: "previous" }),
  };
}

/** The question as it is saved. */
export const keptQuestion = (question, today) => keptRequest(funnelRequest(question), today);

/** A kept question as the screen has questions; null where the screen cannot show all of it. */
export function questionFrom(kept, today) {
  const { from, to, last_days = null, steps, where = [], segment = [], window_seconds = WINDOW_SECONDS, unit = UNITS[0], order = ORDERS[0], ...more } = kept;
  const { exclude = [], hold = [], breakdown = null, trend = TRENDS[0], compare = null, ...unknown } = more;
  const days = last_days ? { from: addDays(today, 1 - last_days), to: addDays(today, 1) } : { from, to };
  const shown = Object.keys(unknown).length === 0 && (breakdown === null || BREAKDOWNS.includes(breakdown.field)) && TRENDS.includes(trend);
  if (!shown || !isDay(days.from) || !isDay(days.to) || (compare !== null && compare !== "previous")) {
    return null;
  }
  return {
    ...days,
    compare: compare === "previous",
    where: where.map(filterFrom),
    segment: segment.map(conditionFrom),
    steps: steps.map(stepFrom),
    windowSeconds: window_seconds,
    unit,
    order,
    exclude: exclude.map(exclusionFrom),
    hold,
    breakdown: breakdown?.field ?? BREAKDOWNS[0],
    trend,
    labels: LABELS[0],
    sort: DEFAULT_SORT,
  };
}

/** A frozen question as the screen has questions, with the days that were really answered. */
export function sharedQuestion(frozen, { method }) {
  return {
    ...answeredDays(method),
    compare: Boolean(frozen.compare),
    where: (frozen.where ?? []).map(filterFrom),
    segment: (frozen.segment ?? []).map(conditionFrom),
    steps: frozen.steps.map(stepFrom),
    windowSeconds: method.window_seconds,
    unit: method.unit,
    order: frozen.order ?? ORDERS[0],
    exclude: (frozen.exclude ?? []).map(exclusionFrom),
    hold: frozen.hold ?? [],
    breakdown: frozen.breakdown?.field ?? BREAKDOWNS[0],
    trend: frozen.trend ?? TRENDS[0],
  };
}
