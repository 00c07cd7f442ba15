//! A funnel over time: who entered when, and how many of them converted.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Scope, TREND_BUCKETS_MAX};
use crate::domain::calendar::{Bucket, CalendarUnit, index_of};
use crate::domain::funnel::{Outcome, Plan};
use crate::domain::statistics::wilson;
use crate::domain::time::Timestamp;

/// One bucket of a funnel's trend.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FunnelTrendBucket")]
pub struct TrendBucket {
    /// The bucket's first moment in the period.
    pub from: String,
    /// Units whose attempt that counts began in it.
    pub entered: u64,
    /// Of those, who converted, whenever that was.
    pub converted: u64,
    /// Null when nobody entered.
    pub rate: Option<f64>,
    /// Lower end of the rate's 95 % Wilson interval.
    pub low: Option<f64>,
    /// Upper end of it.
    pub high: Option<f64>,
    /// Whether the bucket lies whole in the period, and nobody who entered in it can still convert.
    pub complete: bool,
}

/// Counts by calendar unit.
pub(super) struct Trend {
    steps: usize,
    buckets: Vec<Bucket>,
    counts: Vec<Counts>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    entered: u64,
    converted: u64,
}

impl Trend {
    /// The buckets of the scope's period; none if they are too many.
    pub(super) fn new(unit: CalendarUnit, scope: &Scope, plan: &Plan) -> Option<Self> {
        let buckets = unit.buckets(scope.period, &scope.time_zone, TREND_BUCKETS_MAX)?;
        Some(Self { steps: plan.steps(), counts: vec![Counts::default(); buckets.len()], buckets })
    }

    /// Books an attempt in the bucket of its step 1.
    pub(super) fn add(&mut self, outcome: &Outcome<'_>) {
        let Some(first) = outcome.filled.first() else { return };
        let Some(bucket) = index_of(&self.buckets, first.at_ms) else { return };
        let counts = &mut self.counts[bucket];
        counts.entered += 1;
        counts.converted += u64::from(outcome.filled.last().is_some_and(|last| usize::from(last.step) == self.steps));
    }

    /// The buckets as they are said; `closed_until` is the last moment at which entering leaves no time to convert.
    pub(super) fn say(&self, scope: &Scope, closed_until: Timestamp) -> Vec<TrendBucket> {
        let say = |(bucket, counts): (&Bucket, &Counts)| {
            let interval = wilson(counts.converted, counts.entered);
            TrendBucket {
                from: bucket.from.show_in(&scope.time_zone),
                entered: counts.entered,
                converted: counts.converted,
                rate: (counts.entered != 0).then(|| counts.converted as f64 / counts.entered as f64),
                low: interval.map(|(low, _)| low),
                high: interval.map(|(_, high)| high),
                complete: bucket.whole && bucket.to <= closed_until,
            }
        };
        self.buckets.iter().zip(&self.counts).map(say).collect()
    }
}
