// Conditions on a visitor, "abandoned a cart", "never purchased": as an address writes them, as a screen changes them, and
// as the server is asked. All of them hold of the same visitor. Pure.
//
// A condition is { verb, ever, fate } about carts, else { verb, ever, kind, name, where }; without a name any event will
// do that fits `where`. It holds in the days of the question, or `ever`.

import { KINDS, filterFrom, filterRequest, filterText, parseFilter, targetFrom } from "./filters.js";
import { decoded } from "./state.js";

/** What became of a cart. */
export const FATES = ["ever_abandoned", "abandoned", "expired", "recovered", "purchased", "open", "idle", "emptied"];
/** The server takes no more. */
export const SEGMENT_MAX = 10;

const DEEDS = ["did", "did_not"];
const CARTS = ["cart", "no_cart"];

/** Whether a condition with this verb is about carts. */
export const isOfCarts = (verb) => CARTS.includes(verb);

/** "did;ever;event:purchase;channel:eq:Email": a semicolon inside a name is encoded. */
export function conditionText({ verb, ever, fate, kind, name, where }) {
  const deed = () => [...(name ? [`${kind}:${encodeURIComponent(name)}`] : []), ...where.map(filterText)];
  return [verb, ...(ever ? ["ever"] : []), ...(isOfCarts(verb) ? [fate] : deed())].join(";");
}

/** The condition that was written so; null for what was never one. */
export function parseCondition(raw) {
  const [verb, ...rest] = raw.split(";");
  const ever = rest[0] === "ever";
  const parts = ever ? rest.slice(1) : rest;
  if (isOfCarts(verb)) {
    return parts.length === 1 && FATES.includes(parts[0]) ? { verb, ever, fate: parts[0] } : null;
  }
  const target = parseTarget(parts[0] ?? "");
  const where = parts.slice(target ? 1 : 0).map(parseFilter);
  const reads = DEEDS.includes(verb) && where.every(Boolean) && (target || where.length > 0);
  return reads ? { verb, ever, kind: KINDS[0], name: "", ...target, where } : null;
}

/** A condition as the server is asked. */
export function conditionRequest({ verb, ever, fate, kind, name, where }) {
  const deed = () => ({ ...(name && { [kind]: name }), ...(where.length > 0 && { where: where.map(filterRequest) }) });
  return { [verb]: isOfCarts(verb) ? fate : deed(), ...(ever && { within: "ever" }) };
}

/** A condition out of a question that was saved. */
export function conditionFrom({ within = "period", ...request }) {
  const [[verb, sought]] = Object.entries(request);
  const ever = within === "ever";
  if (isOfCarts(verb)) {
    return { verb, ever, fate: sought };
  }
  return { verb, ever, ...targetFrom(sought), where: (sought.where ?? []).map(filterFrom) };
}

function parseTarget(text) {
  const [kind, written, ...more] = text.split(":");
  const name = KINDS.includes(kind) && more.length === 0 ? decoded(written ?? "") : null;
  return name ? { kind, name } : null;
}
