// Days and the presets made of them. A day is text, "2026-11-01", always in the site's
// time zone; arithmetic is on calendar days, so a day of 23 or 25 hours is still one day.
// A period is { from, to } with `from` included and `to` excluded. The clock is passed in.

const DAY_MS = 86_400_000;
const OLDEST_DAY = "2000-01-01";

/** The presets offered, in the order shown. The words for them are in strings/. */
export const PRESETS = ["today", "yesterday", "last_7_days", "last_30_days", "last_90_days", "this_month", "last_month"];

/** The day that `now` (a Date) falls on in `timeZone`; UTC if the browser does not know the zone. */
export function todayIn(timeZone, now) {
  const shape = { year: "numeric", month: "2-digit", day: "2-digit", calendar: "gregory", numberingSystem: "latn" };
  let parts;
  try {
    parts = new Intl.DateTimeFormat("en", { ...shape, timeZone }).formatToParts(now);
  } catch {
    parts = new Intl.DateTimeFormat("en", { ...shape, timeZone: "UTC" }).formatToParts(now);
  }
  const part = (type) => parts.find((candidate) => candidate.type === type).value;
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
}

/** `day` moved by a number of calendar days. */
export function addDays(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Whether `text` is a day that exists and that Styk could have data of. */
export function isDay(text) {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\d$/.test(text) || text < OLDEST_DAY) {
    return false;
  }
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

/** The period a preset means on the day `today`. */
export function presetPeriod(preset, today) {
  const tomorrow = addDays(today, 1);
  switch (preset) {
    case "today":
      return { from: today, to: tomorrow };
    case "yesterday":
      return { from: addDays(today, -1), to: today };
    case "last_7_days":
      return { from: addDays(today, -6), to: tomorrow };
    case "last_30_days":
      return { from: addDays(today, -29), to: tomorrow };
    case "last_90_days":
      return { from: addDays(today, -89), to: tomorrow };
    case "last_month": {
      const to = `${today.slice(0, 8)}01`;
      return { from: `${addDays(to, -1).slice(0, 8)}01`, to };
    }
    case "this_month":
      return { from: `${today.slice(0, 8)}01`, to: tomorrow };
    default:
      throw new Error(`no preset is called ${preset}`);
  }
}

/** The days of an answer, by its method; one that ends in the middle of a day has part of that day in it. */
export function answeredDays({ from, to }) {
  const until = to.slice(0, 10);
  return { from: from.slice(0, 10), to: to.slice(11, 19) === "00:00:00" ? until : addDays(until, 1) };
}

/** The period of as many days before. */
export function periodBefore({ from, to }) {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  return { from: addDays(from, -days), to: from };
}

/**
 * The preset a period is, or "custom". Two presets can be the same days (on the 1st, this month
 * is today): `preferred` is the one last chosen, and wins if it fits.
 */
export function presetOf(period, today, preferred) {
  const fits = (preset) => {
    const candidate = presetPeriod(preset, today);
    return candidate.from === period.from && candidate.to === period.to;
  };
  if (PRESETS.includes(preferred) && fits(preferred)) {
    return preferred;
  }
  return PRESETS.find(fits) ?? "custom";
}
