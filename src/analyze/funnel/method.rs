//! How a funnel's numbers were reached.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::condition::rows_needed;
use super::super::relation::Rows;
use super::super::segment::{SegmentMethod, needs_sessions as segment_needs_sessions, segment_method};
use super::{BreakdownAt, Question};
use crate::domain::calendar::CalendarUnit;
use crate::domain::filter::Filter;
use crate::domain::funnel::{Order, Unit};
use crate::domain::link::Identity;

/// How a funnel's numbers were reached: printed beside them.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "each field is a rule of SEMANTICS, by its name")]
#[schemars(rename = "FunnelMethod")]
pub struct Method {
    pub report: &'static str,
    pub unit: &'static str,
    /// Which customer a visitor is; null where customers are not counted.
    pub identity: Option<&'static str>,
    pub order: &'static str,
    /// What the order means.
    pub order_rule: &'static str,
    pub window_seconds: u32,
    pub window: &'static str,
    pub ties: &'static str,
    pub counted: &'static str,
    pub filter_scope: &'static str,
    /// Null where everybody is asked about.
    pub segment: Option<SegmentMethod>,
    pub in_progress: &'static str,
    /// Null where nothing is excluded.
    pub excluded: Option<&'static str>,
    /// The fields that all events of an attempt carry the same value of.
    pub hold: Vec<String>,
    pub breakdown: Option<&'static str>,
    /// Null where no trend is asked for.
    pub trend: Option<String>,
    /// Null where nothing is compared.
    pub compare: Option<&'static str>,
    pub from: String,
    pub to: String,
    pub time_zone: String,
    pub session_gap_seconds: Option<i64>,
}

/// How `question` is answered.
pub(super) fn method(question: &Question, identity: Identity) -> Method {
    let Question { scope, funnel, breakdown, .. } = question;
    let unit = funnel.unit();
    Method {
        report: "funnel",
        unit: unit.as_str(),
        identity: (unit == Unit::Customer).then(|| identity.rule()),
        order: funnel.order().as_str(),
        order_rule: order_rule(funnel.order()),
        window_seconds: funnel.window_seconds(),
        window: match funnel.order() {
            Order::Any => "from the attempt's earliest event to its latest, inclusive",
            Order::Sequential | Order::Strict => "from the attempt's first step to each later one, inclusive",
        },
        ties: match funnel.order() {
            Order::Strict => "events of the same millisecond count in the order their sender counted them, then in that of arrival; one event fills one step",
            Order::Sequential | Order::Any => {
                "events of the same millisecond count in whichever order takes the attempt furthest; one event fills one step"
            }
        },
        counted: "each unit once a step, by its deepest attempt; among equals the one that got there first, then the latest start",
        filter_scope: funnel.filter_scope().as_str(),
        segment: segment_method(&question.segment),
        in_progress: match unit {
            Unit::Session => "not converted, and window and session are still open at data_through",
            Unit::Visitor | Unit::Customer => "not converted, and the window is still open at data_through",
        },
        excluded: (!funnel.exclusions().is_empty()).then_some(
            "an excluded event between its steps ends an attempt, whatever value it carries; a unit is excluded at its deepest step if this ended each of its attempts there",
        ),
        hold: funnel.hold().names().collect(),
        breakdown: breakdown.as_ref().map(|breakdown| breakdown_rule(breakdown.at, unit)),
        trend: question.trend.map(trend_rule),
        compare: question.compare.map(|_| {
            "p_value, p_values: two-sided, two-proportion z-test with pooled variance; null below 30 entries in one of the periods"
        }),
        from: scope.period.from().show_in(&scope.time_zone),
        to: scope.period.to().show_in(&scope.time_zone),
        time_zone: scope.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        session_gap_seconds: needs_sessions(question).then_some(scope.session_gap_ms / 1_000),
    }
}

fn order_rule(order: Order) -> &'static str {
    match order {
        Order::Sequential => "each step after the one before it; other events may lie between",
        Order::Strict => {
            "each step after the one before it, and no other event of the unit between; engagement, scroll, web_vital and survey_* are looked past"
        }
        Order::Any => {
            "a step is reached when it and all required steps before it in the list are filled, in whatever order"
        }
    }
}

fn breakdown_rule(at: BreakdownAt, unit: Unit) -> &'static str {
    match (at, unit) {
        (BreakdownAt::Step(1), _) => "the value at step 1 of the attempt that counts",
        (BreakdownAt::Step(_), _) => {
            "the value at the named step of the attempt that counts; (not reached) for those whose attempt does not fill it"
        }
        (BreakdownAt::FirstTouch, Unit::Customer) => "how the customer's first session began",
        (BreakdownAt::FirstTouch, _) => "how the visitor's first session began",
        (BreakdownAt::LastTouch, _) => "how the session began in which the attempt that counts got furthest",
    }
}

fn trend_rule(unit: CalendarUnit) -> String {
    format!(
        "by {} of step 1 in the time zone; complete when it lies whole in the period and its windows are closed",
        unit.as_str()
    )
}

fn needs_sessions(question: &Question) -> bool {
    let funnel = &question.funnel;
    let of_steps = funnel.steps().iter().flat_map(|step| &step.filters);
    let of_exclusions = funnel.exclusions().iter().flat_map(|exclusion| &exclusion.filters);
    let filters = of_steps.chain(of_exclusions).chain(funnel.filters());
    let mut fields = filters.map(Filter::field).chain(question.breakdown.as_ref().map(|breakdown| &breakdown.field));
    funnel.unit() == Unit::Session
        || segment_needs_sessions(&question.segment)
        || fields.any(|field| rows_needed(field) == Rows::WithSessions)
}
