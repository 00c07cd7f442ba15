//! A funnel over time: who entered when, and how many of them converted.

use std::collections::BTreeMap;

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

/// The calendar units that a trend counts by.
pub(super) struct Trend {
    steps: usize,
    buckets: Vec<Bucket>,
}

/// Counts by the place of their bucket. Those without anybody are left out: a breakdown may have more values than
/// there are buckets, and few visitors each.
#[derive(Debug, Default)]
pub(super) struct OverTime(BTreeMap<usize, Counts>);

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    entered: u64,
    converted: u64,
}

impl OverTime {
    /// Adds what another has counted.
    pub(super) fn add(&mut self, other: &Self) {
        for (&bucket, others) in &other.0 {
            let counts = self.0.entry(bucket).or_default();
            counts.entered += others.entered;
            counts.converted += others.converted;
        }
    }
}

impl Trend {
    /// The buckets of the scope's period; none if they are too many.
    pub(super) fn new(unit: CalendarUnit, scope: &Scope, plan: &Plan) -> Option<Self> {
        let buckets = unit.buckets(scope.period, &scope.time_zone, TREND_BUCKETS_MAX)?;
        Some(Self { steps: plan.steps(), buckets })
    }

    /// Books an attempt in the bucket of its step 1.
    pub(super) fn book(&self, outcome: &Outcome<'_>, over_time: &mut OverTime) {
        let Some(first) = outcome.filled.first() else { return };
        let Some(bucket) = index_of(&self.buckets, first.at_ms) else { return };
        let counts = over_time.0.entry(bucket).or_default();
        counts.entered += 1;
        counts.converted += u64::from(outcome.filled.last().is_some_and(|last| usize::from(last.step) == self.steps));
    }

    /// The buckets as they are said; `closed_until` is the last moment at which entering leaves no time to convert.
    pub(super) fn say(&self, over_time: &OverTime, scope: &Scope, closed_until: Timestamp) -> Vec<TrendBucket> {
        let say = |(place, bucket): (usize, &Bucket)| {
            let counts = over_time.0.get(&place).copied().unwrap_or_default();
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
        self.buckets.iter().enumerate().map(say).collect()
    }
}
