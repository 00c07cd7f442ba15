//! Times between two steps: what is said about many of them.

/// What is said about one or more durations, in milliseconds.
///
/// Percentiles interpolate between the closest ranks, as DuckDB's `quantile_cont` does: of n durations in
/// ascending order, counted from 0, percentile p lies at rank r = (n - 1) * p / 100; with i = floor(r) and
/// j = ceil(r) it is d_i + (d_j - d_i) * (r - i).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Durations {
    /// The 50th percentile.
    pub median_ms: f64,
    /// The 75th percentile.
    pub p75_ms: f64,
    /// The 90th percentile.
    pub p90_ms: f64,
    /// The sum by the number.
    pub mean_ms: f64,
}

impl Durations {
    /// Describes `durations_ms`, which it reorders. None if there are none.
    pub(super) fn describe(durations_ms: &mut [i64]) -> Option<Self> {
        if durations_ms.is_empty() {
            return None;
        }
        let sum: i128 = durations_ms.iter().map(|&ms| i128::from(ms)).sum();
        Some(Self {
            mean_ms: sum as f64 / durations_ms.len() as f64,
            median_ms: percentile(durations_ms, 50),
            p75_ms: percentile(durations_ms, 75),
            p90_ms: percentile(durations_ms, 90),
        })
    }
}

/// Percentile `percent` of at least one duration, in linear time.
///
/// The rank is split in whole numbers, so that it is exact.
fn percentile(durations_ms: &mut [i64], percent: usize) -> f64 {
    let hundredths = (durations_ms.len() - 1) * percent;
    let (rank, rest) = (hundredths / 100, hundredths % 100);
    let (_, &mut lower, above) = durations_ms.select_nth_unstable(rank);
    match above.iter().min() {
        Some(&upper) if rest != 0 => lower as f64 + (upper - lower) as f64 * (rest as f64 / 100.0),
        _ => lower as f64,
    }
}

/// One bar of a histogram of durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// The shortest duration of the bin.
    pub from_ms: i64,
    /// Where the next bin begins; the bin that ends at the window holds its end, too.
    pub to_ms: i64,
    /// How many durations lie in it.
    pub count: u64,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Where a bin ends and the next begins: lengths of time that people speak of, each 1.5 to 5 times the one before.
const BIN_ENDS_MS: [i64; 19] = [
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    3 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    60 * DAY,
    90 * DAY,
    180 * DAY,
];

/// Counts `durations_ms`, of which none is longer than `window_ms`, in bins made for reading.
///
/// The first bin begins at 0; the last one given is the last that holds anything, and none ends after the window.
pub(super) fn histogram(durations_ms: &[i64], window_ms: i64) -> Vec<Bin> {
    let ends = BIN_ENDS_MS.into_iter().filter(|&end| end < window_ms).chain([window_ms]);
    let mut from_ms = 0;
    let mut bins: Vec<Bin> =
        ends.map(|to_ms| Bin { from_ms: std::mem::replace(&mut from_ms, to_ms), to_ms, count: 0 }).collect();
    let last = bins.len() - 1;
    for duration_ms in durations_ms {
        let ended = bins.partition_point(|bin| bin.to_ms <= *duration_ms);
        bins[ended.min(last)].count += 1;
    }
    while bins.last().is_some_and(|bin| bin.count == 0) {
        bins.pop();
    }
    bins
}
