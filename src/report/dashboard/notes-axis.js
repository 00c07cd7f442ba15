// Where notes stand on a time axis of buckets. Pure.

/**
 * The notes of each bucket, which begins `from`: a day, or a moment written with its offset; `to` is the day after the
 * last. A note is of a day: where buckets are hours, it stands at the first of its day.
 */
export function notesByBucket(notes, buckets, to) {
  const days = buckets.map(({ from }) => from.slice(0, 10));
  const at = days.map(() => []);
  notes
    .filter(({ date }) => days[0] <= date && date < to)
    .forEach((note) => {
      const first = days.indexOf(note.date);
      at[first === -1 ? days.findLastIndex((day) => day < note.date) : first].push(note);
    });
  return at;
}

/** How far along the axis a bucket is, in percent: lines stand on their points, bars have a middle. */
export const placeOf = (manner, index, count) => (manner === "bars" ? (100 * (index + 0.5)) / count : count === 1 ? 50 : (100 * index) / (count - 1));
