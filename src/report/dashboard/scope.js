// What every report obeys: which days, compared with those before or not, which conditions hold, and of which visitors. It
// is part of every report's address. Pure: text in, plain objects out, and back; what cannot be read becomes its default.

import { filterRequest, filterText, parseFilter } from "./filters.js";
import { isDay, presetOf, presetPeriod } from "./period.js";
import { SEGMENT_MAX, conditionRequest, conditionText, parseCondition } from "./segment.js";
import { decoded, siteAddress } from "./state.js";

/** The server takes no more. */
export const FILTERS_MAX = 20;

const OWN = ["from", "to", "compare", "where", "segment"];

/** The parameters of an address as [name, value] pairs, values as written: a comma between two must be told from one inside. */
export function rawParameters(search) {
  const written = search.replace(/^\?/, "").split("&").filter((pair) => pair !== "");
  return written.map((pair) => {
    const [name, ...value] = pair.split("=");
    return [name, value.join("=")];
  });
}

/** The scope that an address asks for: { from, to, compare, where, segment }. `today` is the site's day, for the default period. */
export function parseScope(search, today) {
  const raw = rawParameters(search);
  const one = (name) => decoded(raw.find(([own]) => own === name)?.[1] ?? "");
  const every = (name, parse, most) => raw.filter(([own]) => own === name).map(([, value]) => parse(value)).filter(Boolean).slice(0, most);
  const [from, to] = [one("from"), one("to")];
  const spelled = isDay(from) && isDay(to) && from < to;
  const period = spelled ? { from, to } : presetPeriod("last_30_days", today);
  // Who comes without days has chosen nothing yet.
  const compare = one("compare") === "previous" || (!spelled && one("compare") === "");
  return { ...period, compare, where: every("where", parseFilter, FILTERS_MAX), segment: every("segment", parseCondition, SEGMENT_MAX) };
}

/** The scope as it is written into addresses, complete, so that a link means the same in a year. */
export function scopeText({ from, to, compare, where, segment }) {
  const filters = where.map((filter) => `where=${filterText(filter)}`);
  const conditions = segment.map((condition) => `segment=${conditionText(condition)}`);
  return [`from=${from}`, `to=${to}`, ...(compare ? ["compare=previous"] : []), ...filters, ...conditions].join("&");
}

/** The address of a site's screen: its scope, then what is the screen's own. */
export function screenAddress(key, name, scope, own = "") {
  const parts = [scope && scopeText(scope), own].filter(Boolean);
  return `${siteAddress(key, name)}${parts.length > 0 ? `?${parts.join("&")}` : ""}`;
}

/** What stands in an address beside the scope, as it is written there. */
export const ownText = (search) =>
  rawParameters(search)
    .filter(([name]) => !OWN.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");

/** The scope's part of the body of a question. Comparing is asked for by those reports that can. */
export const scopeRequest = ({ from, to, where, segment }) => ({
  from,
  to,
  ...(where.length > 0 && { where: where.map(filterRequest) }),
  ...(segment.length > 0 && { segment: segment.map(conditionRequest) }),
});

/** The body of a question as it is saved or shared: days that end with today move with the calendar, others stay. */
export function keptRequest({ from, to, ...asked }, today) {
  const days = { today: 1, last_7_days: 7, last_30_days: 30, last_90_days: 90 }[presetOf({ from, to }, today, "last_30_days")];
  return days ? { last_days: days, ...asked } : { from, to, ...asked };
}
