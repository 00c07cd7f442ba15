// The steps of a funnel, and the events that end an attempt: as an address writes them, as a screen changes them, and as
// the server is asked. Pure: text in, plain objects out, and back.

import { KINDS, filterFrom, filterRequest, filterText, parseFilter, targetFrom } from "./filters.js";
import { rawParameters } from "./scope.js";
import { decoded } from "./state.js";

export const STEPS_MIN = 2;
export const STEPS_MAX = 20;
/** The server takes no more exclusions. */
export const EXCLUSIONS_MAX = 10;

const NAME_CHARS_MAX = 200;

/** A step by an event's name, or of another kind. */
export const stepOf = (name, kind = "event") => ({ kind, name, optional: false, label: "", where: [] });

/** The funnels offered ready made. */
export const STEP_PRESETS = {
  shop_checkout: "view_item,add_to_cart,begin_checkout,add_shipping_info,add_payment_info,purchase".split(",").map((name) => stepOf(name)),
  quick: "view_item,add_to_cart,purchase".split(",").map((name) => stepOf(name)),
  browsing: "page_view,view_item,add_to_cart".split(",").map((name) => stepOf(name)),
  search: "search,view_item,add_to_cart,purchase".split(",").map((name) => stepOf(name)),
  checkout_only: "begin_checkout,add_payment_info,purchase".split(",").map((name) => stepOf(name)),
};

/** Whether two lists of steps ask the same. */
export const sameSteps = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The steps that an address asks for; null when it says none that can be asked. */
export function parseSteps(search) {
  const raw = rawParameters(search);
  const written = raw.find(([name]) => name === "steps")?.[1] ?? "";
  const steps = written.split(",").map(parseTarget).filter(Boolean);
  if (steps.length < STEPS_MIN || STEPS_MAX < steps.length) {
    return null;
  }
  return steps.map((step, index) => {
    const own = (name) => raw.filter(([parameter]) => parameter === `${name}${index + 1}`).map(([, value]) => value);
    const inner = 0 < index && index < steps.length - 1;
    const label = decoded(own("label")[0] ?? "") ?? "";
    return { ...step, optional: step.optional && inner, label, where: own("where").map(parseFilter).filter(Boolean) };
  });
}

/** The steps as parts of an address. */
export function stepsText(steps) {
  const parts = [`steps=${steps.map(targetText).join(",")}`];
  steps.forEach(({ label, where }, index) => {
    if (label) {
      parts.push(`label${index + 1}=${encodeURIComponent(label)}`);
    }
    parts.push(...where.map((filter) => `where${index + 1}=${filterText(filter)}`));
  });
  return parts;
}

/** The exclusions that an address asks for: steps with `after` and `before`, both null when they hold everywhere. */
export function parseExclusions(search, stepCount) {
  const written = rawParameters(search).filter(([name]) => name === "exclude");
  const parse = ([, text]) => {
    const [target, range] = text.split("@");
    const step = parseTarget(target);
    const [after, before] = (range ?? "").split("-").map(Number);
    const ranged = 1 <= after && after < before && before <= stepCount;
    return step && { kind: step.kind, name: step.name, after: ranged ? after : null, before: ranged ? before : null };
  };
  return written.map(parse).filter(Boolean).slice(0, EXCLUSIONS_MAX);
}

/** The exclusions as parts of an address. */
export const exclusionsText = (exclude) =>
  exclude.map(({ after, before, ...target }) => `exclude=${targetText(target)}${after ? `@${after}-${before}` : ""}`);

/** A step as the server is asked. */
export const stepRequest = ({ kind, name, optional, label, where }) => ({
  [kind]: name,
  ...(optional && { optional }),
  ...(label && { label }),
  ...(where.length > 0 && { where: where.map(filterRequest) }),
});

/** An exclusion as the server is asked. */
export const exclusionRequest = ({ kind, name, after, before }) => ({
  [kind]: name,
  ...(after && { after_step: after, before_step: before }),
});

/** A step out of a question that was saved or frozen. */
export function stepFrom({ optional = false, label = "", where = [], ...target }) {
  return { ...targetFrom(target), optional, label, where: where.map(filterFrom) };
}

/** An exclusion out of a question that was saved. */
export function exclusionFrom({ after_step = null, before_step = null, ...target }) {
  return { ...targetFrom(target), after: after_step, before: before_step };
}

// "page:%2Fcheckout%2F*?": an event alone needs no kind; a colon or question mark inside the name is encoded.
function targetText({ kind, name, optional }) {
  return `${kind === "event" ? "" : `${kind}:`}${encodeURIComponent(name)}${optional ? "?" : ""}`;
}

function parseTarget(text) {
  const optional = text.endsWith("?");
  const [first, ...rest] = (optional ? text.slice(0, -1) : text).split(":");
  const [kind, written] = KINDS.includes(first) && rest.length > 0 ? [first, rest.join(":")] : ["event", [first, ...rest].join(":")];
  const name = decoded(written);
  return name && name.length <= NAME_CHARS_MAX ? { ...stepOf(name, kind), optional } : null;
}
