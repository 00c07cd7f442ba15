// Numbers, shares, durations and dates as people read them, by Intl. What does not apply is "–",
// never NaN and never a false zero.

export const NOTHING = "–";

const COMPACT_FROM = 100_000;
const DURATION_UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

// Making one of Intl's formats costs more than a hundred uses of it: each is made once, when it is first needed.
function kept(make) {
  const made = new Map();
  return (key) => {
    if (!made.has(key)) {
      made.set(key, make(key));
    }
    return made.get(key);
  };
}

/** The formats of one language: formatFor("pl").share(0.068) is "6,8%". */
export function formatFor(locale) {
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 4 });
  const points = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const rules = new Intl.PluralRules(locale);
  const count = (number) => (Number.isFinite(number) ? plain.format(number) : NOTHING);
  const chartCount = (number) => (COMPACT_FROM <= number ? compact.format(number) : count(number));
  const dates = kept((shape) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...DAY_SHAPES[shape] }));
  const minus = (number, write) => (number > 0 ? `−${write(number)}` : write(number));
  return {
    /** 18,240 */
    count,
    /** For a chart, where room is short: 18,240 but 1.824M. */
    chartCount,
    /** −13,863, with a true minus sign; "0" when nothing was lost. */
    lost: (number) => minus(number, count),
    chartLost: (number) => minus(number, chartCount),
    share: shareFormat(locale),
    /** "0.4" for 0.004: how far one share is from another, in percentage points. */
    points: (difference) => points.format(100 * difference),
    /** "€19.90" for 1990 of EUR, in as many decimals as the currency has. */
    money: moneyFormat(locale, {}),
    /** "€18.2K", for charts and headlines. */
    chartMoney: moneyFormat(locale, { notation: "compact", maximumSignificantDigits: 3 }),
    /** "1.2 GB"; "–" when nobody knows. */
    bytes: bytesFormat(locale),
    duration: durationFormat(locale),
    day: (day) => dates("day").format(midnight(day)),
    /** "1 Nov", for an axis. */
    shortDay: (day) => dates("short").format(midnight(day)),
    /** "November 2026" for any of its days. */
    month: (day) => dates("month").format(midnight(day)),
    /** "1 – 7 Nov 2026" for { from: "2026-11-01", to: "2026-11-08" }: the end is excluded there. */
    period: ({ from, to }) => {
      const last = new Date(midnight(to).getTime() - 86_400_000);
      return dates("day").formatRange(midnight(from), last);
    },
    instant: instantFormat(locale, { dateStyle: "medium", timeStyle: "short" }),
    /** "14:05" where the site is. */
    time: instantFormat(locale, { timeStyle: "short" }),
    /** The day of a moment that is written with its offset, as it is there. */
    instantDay: (moment) => dates("day").format(midnight(moment.slice(0, 10))),
    /** The form of a word that goes with a number: plural({ one: "{n} visitor", other: "{n} visitors" }, 1). */
    plural: (forms, number) => (forms[rules.select(number)] ?? forms.other).replace("{n}", count(number)),
  };
}

// 1990 minor units are €19.90, ¥1,990 and KWD 1.990.
function moneyFormat(locale, shape) {
  const formats = kept((currency) => new Intl.NumberFormat(locale, { style: "currency", currency, ...shape }));
  return (minor, currency) => (Number.isFinite(minor) ? formats(currency).format(minor / 10 ** decimalsOf(currency)) : NOTHING);
}

// As the server counts minor units (domain/money.rs). Browsers disagree: to some, forints have no decimals.
const NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" ");
const THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND".split(" ");

/** How many decimals a currency has: 2 for EUR, 0 for JPY. */
export function decimalsOf(currency) {
  if (NO_DECIMALS.includes(currency)) {
    return 0;
  }
  return THREE_DECIMALS.includes(currency) ? 3 : 2;
}

// 0.1273 is 12.7%, 0.00043 is 0.043%; a share short of everything never reads 100%.
function shareFormat(locale) {
  const usual = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const small = new Intl.NumberFormat(locale, { style: "percent", maximumSignificantDigits: 2 });
  return (rate) => {
    if (rate === null || !Number.isFinite(rate)) {
      return NOTHING;
    }
    if (0 < rate && rate < 0.0001) {
      return `<${small.format(0.0001)}`;
    }
    if (0.9995 <= rate && rate < 1) {
      return `>${usual.format(0.999)}`;
    }
    return rate < 0.01 && 0 < rate ? small.format(rate) : usual.format(rate);
  };
}

function bytesFormat(locale) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const formats = kept((unit) => new Intl.NumberFormat(locale, { style: "unit", unit, maximumSignificantDigits: 3 }));
  return (bytes) => {
    if (bytes === null || !Number.isFinite(bytes)) {
      return NOTHING;
    }
    const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
    return formats(units[power]).format(bytes / 1000 ** power);
  };
}

// The two largest units: 192 is "3m 12s", 90061 is "1d 1h"; below ten seconds one decimal.
function durationFormat(locale) {
  const shape = { style: "unit", unitDisplay: "narrow" };
  const whole = kept((unit) => new Intl.NumberFormat(locale, { ...shape, unit, maximumFractionDigits: 0 }));
  const fine = kept((unit) => new Intl.NumberFormat(locale, { ...shape, unit, maximumFractionDigits: 1 }));
  return (seconds) => {
    if (seconds === null || !Number.isFinite(seconds) || seconds < 0) {
      return NOTHING;
    }
    if (seconds < 9.95) {
      return fine("second").format(seconds);
    }
    const rounded = Math.round(seconds);
    const first = DURATION_UNITS.findIndex(([, size]) => size <= rounded);
    const [unit, size] = DURATION_UNITS[first];
    const next = DURATION_UNITS[first + 1];
    const head = whole(unit).format(Math.floor(rounded / size));
    const rest = next ? Math.floor((rounded % size) / next[1]) : 0;
    return rest === 0 ? head : `${head} ${whole(next[0]).format(rest)}`;
  };
}

const DAY_SHAPES = {
  day: { day: "numeric", month: "short", year: "numeric" },
  short: { day: "numeric", month: "short" },
  month: { month: "long", year: "numeric" },
};

const midnight = (day) => new Date(`${day}T00:00:00Z`);

function instantFormat(locale, shape) {
  const formats = kept((timeZone) => new Intl.DateTimeFormat(locale, { ...shape, timeZone }));
  return (text, timeZone) => {
    const instant = new Date(text ?? Number.NaN);
    if (Number.isNaN(instant.getTime())) {
      return NOTHING;
    }
    try {
      return formats(timeZone).format(instant);
    } catch {
      // A zone that this browser does not know.
      return formats("UTC").format(instant);
    }
  };
}
