// The funnel's question: what the address says of it, what the server is asked, what a share link keeps.
// Pure: text in, plain objects out, and back. Whatever cannot be read is replaced by its default, so an address typed by
// hand or cut in a mail still opens.

import { addDays, presetOf } from "./period.js";
import { decoded, parseScope, rawParameters, scopeRequest, screenAddress } from "./scope.js";

/** The funnels offered ready made, as event names. */
export const STEP_PRESETS = {
  shop_checkout: ["view_item", "add_to_cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase"],
  quick: ["view_item", "add_to_cart", "purchase"],
};
export const BREAKDOWNS = ["none", "device", "channel"];
export const UNITS = ["visitor", "customer", "session"];
export const LABELS = ["share", "count"];
/** Conversion windows offered, in seconds; an address may carry any other. */
export const WINDOWS = [1800, 86_400, 604_800, 2_592_000];
export const STEPS_MIN = 2;
export const STEPS_MAX = 20;

const WINDOW_SECONDS_MAX = 366 * 86_400;
const EVENT_CHARS_MAX = 200;
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
  return {
    ...parseScope(search, today),
    steps: parseSteps(raw.get("steps")),
    windowSeconds: parseWindow(text("window")) ?? 604_800,
    unit: oneOf("unit", UNITS),
    breakdown: oneOf("breakdown", BREAKDOWNS),
    labels: oneOf("labels", LABELS),
    sort: /^-?(value|entered|conversion|step\d{1,2})$/.test(sort) ? sort : DEFAULT_SORT,
  };
}

/**
 * The address of a funnel question. What defines the numbers is always spelled out, so that a link
 * means the same in a year; what only concerns the view is left out while it is the default.
 */
export function funnelAddress(key, question) {
  const { breakdown, steps, windowSeconds, unit, labels, sort } = question;
  const parts = [];
  if (breakdown !== BREAKDOWNS[0]) {
    parts.push(`breakdown=${breakdown}`);
  }
  parts.push(`steps=${steps.map(encodeURIComponent).join(",")}`, `window=${windowText(windowSeconds)}`, `unit=${unit}`);
  if (labels !== LABELS[0]) {
    parts.push(`labels=${labels}`);
  }
  if (sort !== DEFAULT_SORT && breakdown !== BREAKDOWNS[0]) {
    parts.push(`sort=${sort}`);
  }
  return screenAddress(key, "funnel", question, parts.join("&"));
}

/** The body of `POST …/reports/funnel` for a question. */
export function funnelRequest(question) {
  const request = {
    ...scopeRequest(question),
    steps: question.steps.map((event) => ({ event })),
    window_seconds: question.windowSeconds,
    unit: question.unit,
  };
  if (question.breakdown !== BREAKDOWNS[0]) {
    request.breakdown = { field: question.breakdown, limit: 10 };
  }
  if (question.compare) {
    request.compare = "previous";
  }
  return request;
}

/**
 * The body of `POST …/shares` for a question. Days that end with today move with the calendar; others stay.
 */
export function shareForm(question, today) {
  const { from, to, ...asked } = funnelRequest(question);
  const days = { today: 1, last_7_days: 7, last_30_days: 30, last_90_days: 90 }[presetOf({ from, to }, today, "last_30_days")];
  return { report: "funnel", question: days ? { last_days: days, ...asked } : { from, to, ...asked } };
}

/** A frozen question as the screen has questions, with the days that were really answered. */
export function sharedQuestion(frozen, { method, steps }) {
  const from = method.from.slice(0, 10);
  const to = method.to.slice(0, 10);
  return {
    from,
    // A question that ends in the middle of a day has part of that day in it.
    to: method.to.slice(11, 19) === "00:00:00" ? to : addDays(to, 1),
    steps: steps.map(({ label }) => label),
    windowSeconds: method.window_seconds,
    unit: method.unit,
    breakdown: frozen.breakdown?.field ?? BREAKDOWNS[0],
  };
}

function parseSteps(raw) {
  const steps = (raw ?? "").split(",").map(decoded).filter((event) => event && event.length <= EVENT_CHARS_MAX);
  return STEPS_MIN <= steps.length && steps.length <= STEPS_MAX ? steps : STEP_PRESETS.shop_checkout;
}
