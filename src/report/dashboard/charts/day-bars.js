// Stacked bars over days: the same figures by day, or by week where the days would be too many to tell apart. Pure.

const BARS_MAX = 62;
const DAYS_A_WEEK = 7;
/** From the ground up. */
export const SERIES = ["purchased", "recovered", "lost"];

/** What a day's bar is made of, in carts or in money of one currency. */
export function amountOf(figures, name, measure, currency) {
  if (measure === "value") {
    return figures[`value_${name}_minor`][currency] ?? 0;
  }
  return name === "lost" ? figures.abandoned + figures.expired : figures[name];
}

/** Days as bars: { from, days, complete, amounts } with an amount for each of SERIES. */
export function barsOf(days, measure, currency) {
  const length = days.length > BARS_MAX ? DAYS_A_WEEK : 1;
  const groups = Array.from({ length: Math.ceil(days.length / length) }, (_, index) => days.slice(index * length, (index + 1) * length));
  return groups.map((group) => ({
    from: group[0].from.slice(0, 10),
    days: length,
    complete: group.every((day) => day.complete),
    amounts: SERIES.map((name) => group.reduce((sum, day) => sum + amountOf(day, name, measure, currency), 0)),
  }));
}

/** The end of an axis: the next round number, 1, 2 or 5 times a power of ten. */
export function axisEnd(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((end) => most <= end);
}

/** Which bars have their name below: at most so many, evenly, the first among them. */
export function namedBars(count, most) {
  const every = Math.ceil(count / most);
  return Array.from({ length: count }, (_, index) => index).filter((index) => index % every === 0);
}
