//! How the numbers of drop-off were reached.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::segment::{SegmentMethod, segment_method};
use super::Question;
use crate::domain::dropoff::Unit;
use crate::domain::time::DAY_MS;

/// How the numbers of drop-off were reached: printed beside them.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "each field is a rule of SEMANTICS, by its name")]
#[schemars(rename = "DropoffMethod")]
pub struct Method {
    pub report: &'static str,
    pub unit: &'static str,
    /// Which units are counted at a touchpoint.
    pub counted: &'static str,
    pub exits: &'static str,
    pub continuations: &'static str,
    pub conversion: &'static str,
    pub in_progress: &'static str,
    pub value_at_exit: &'static str,
    pub sorted_by: String,
    /// Null where nothing is broken down.
    pub breakdown: Option<&'static str>,
    /// Null where nothing is compared.
    pub compare: Option<&'static str>,
    pub filter_scope: &'static str,
    /// Of which visitors; null where of all.
    pub segment: Option<SegmentMethod>,
    pub ties: &'static str,
    pub session_gap_seconds: i64,
    /// Null where sessions are counted.
    pub lookback_days: Option<i64>,
    pub from: String,
    pub to: String,
    pub time_zone: String,
}

/// How `question` is answered.
pub(super) fn method(question: &Question) -> Method {
    let scope = &question.asked.scope;
    let (counted, filter_scope, lookback_days) = match question.unit {
        Unit::Session => (
            "sessions that touched it in the period, with all of the session; engagement, scroll, web_vital and survey_* touch nothing",
            "one event of the session fits all conditions",
            None,
        ),
        Unit::Visitor { lookback_ms } => (
            "visitors who touched something in the period, at each touchpoint of the lookback, which ends with the last touch of their last session in the period; engagement, scroll, web_vital and survey_* touch nothing",
            "one event of the visitor in the lookback fits all conditions",
            Some(lookback_ms / DAY_MS),
        ),
    };
    Method {
        report: "dropoff",
        unit: question.unit.as_str(),
        counted,
        exits: "it was the unit's last touchpoint, and the unit had no order",
        continuations: "the touchpoint after the unit's last touch of this one",
        conversion: "an order not before the unit's first touch of this one; orders as in the orders report, each on the page that reported it first, else on the first server report",
        in_progress: "it is the last touchpoint so far, without an order, and the session is still open at data_through",
        value_at_exit: "what was in the visitor's cart at the end of the session, of the one touched last of those not bought; each exit counts anew; currencies are never added",
        sorted_by: format!("value_at_exit in {}, then exits", question.sorting_currency().as_str()),
        breakdown: (!question.by.is_empty())
            .then_some("device: the first that the unit's last session named; channel: how that session began"),
        compare: question.compare.map(|_| {
            "p_value of drop_off_rate: two-sided, two-proportion z-test with pooled variance; null below 30 units in one of the periods"
        }),
        filter_scope,
        segment: segment_method(&question.asked.segment),
        ties: "events of the same millisecond count in the order of their arrival",
        session_gap_seconds: scope.session_gap_ms / 1_000,
        lookback_days,
        from: scope.period.from().show_in(&scope.time_zone),
        to: scope.period.to().show_in(&scope.time_zone),
        time_zone: scope.time_zone.iana_name().unwrap_or("UTC").to_owned(),
    }
}
