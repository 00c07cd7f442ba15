// What a funnel's answer says, in a form a screen can put into words: which sentence is its
// title, in which order the rows stand. Nothing is computed that the API did not state.

// Rows that are no value of their own stay below those that are.
const LAST_ROWS = ["(none)", "(other)", "(not reached)"];

/**
 * The title's sentence: the largest drop-off by count, booked on the step the visitors left.
 * `kind` names the sentence in strings/ (titles); `step` and `next` are steps of the answer.
 */
export function headline(steps) {
  const entered = steps[0].reached;
  if (entered === 0) {
    return { kind: "empty" };
  }
  const leaving = steps.slice(0, -1);
  const worst = leaving.reduce((most, step) => (most.drop_off < step.drop_off ? step : most));
  if (worst.drop_off > 0) {
    return { kind: "lost", step: worst, next: steps[steps.indexOf(worst) + 1], count: worst.drop_off };
  }
  const underway = leaving.reduce((sum, step) => sum + step.in_progress, 0);
  if (underway > 0) {
    return { kind: "underway", count: underway };
  }
  const converted = steps.at(-1).reached;
  return converted === entered ? { kind: "all_converted", count: entered } : { kind: "excluded", count: entered - converted };
}

/** A breakdown's rows in the order asked for: "-entered", "value", "step3", "-conversion". */
export function sortRows(rows, sort) {
  const descending = sort.startsWith("-");
  const column = descending ? sort.slice(1) : sort;
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const place = LAST_ROWS.indexOf(a.value) - LAST_ROWS.indexOf(b.value);
    return place !== 0 ? place : sign * compare(cell(a, column), cell(b, column));
  });
}

/** What a click on a column's heading asks for next. */
export function nextSort(sort, column) {
  if (sort === `-${column}`) {
    return column;
  }
  return sort === column || column !== "value" ? `-${column}` : column;
}

function cell(row, column) {
  switch (column) {
    case "value":
      return row.value;
    case "conversion":
      return row.conversion?.rate ?? -1;
    case "entered":
      return row.steps[0].reached;
    default:
      return row.steps[Number(column.slice(4)) - 1]?.conversion_rate ?? -1;
  }
}

function compare(a, b) {
  return typeof a === "string" ? a.localeCompare(b) : a - b;
}

/**
 * The stretches of a trend that stand out, { low, high }: their rate's 95 % interval lies whole below that of the whole,
 * or above it. Those that may still change are left out.
 */
export function outstanding({ trend, conversion }) {
  const over = trend.filter(({ complete, rate }) => complete && rate !== null);
  return { low: over.filter(({ high }) => high < conversion.low), high: over.filter(({ low }) => conversion.high < low) };
}

/**
 * The value of a breakdown that lost most by times clearly below its usual, { value, low }; null where none did. How much:
 * those who entered then, by how far their rate is from the usual one.
 */
export function worstFall(rows) {
  const falls = rows
    .filter(({ value }) => !LAST_ROWS.includes(value))
    .map((row) => ({ value: row.value, low: outstanding(row).low, usual: row.conversion.rate }))
    .map((fall) => ({ ...fall, lost: fall.low.reduce((sum, { rate, entered }) => sum + (fall.usual - rate) * entered, 0) }));
  const worst = falls.toSorted((one, other) => other.lost - one.lost)[0];
  return worst?.low.length > 0 ? { value: worst.value, low: worst.low } : null;
}
