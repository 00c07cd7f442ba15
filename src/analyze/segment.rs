//! Segments as SQL: which of a site's visitors did what a question asks for.
//!
//! A report takes segments by two calls: [`push_rows_and_members`] in place of
//! [`push_rows`], and [`push_member`] behind its own conditions. Its `method` shows
//! [`segment_method`].
//!
//! Conditions on carts are answered first, by the pass over all carts, and their visitors become a list in the SQL.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::Scope;
use super::cart_query::{CartScope, Whose, each_cart};
use super::condition::{push_filters, push_target, rows_for};
use super::relation::{Rows, push_every_row, push_rows};
use crate::domain::cart::Cart;
use crate::domain::segment::{CartFate, Condition, Deed, Found, Segment, Sought, Within};
use crate::domain::time::{Period, Timestamp};
use crate::store::{self, Query, Snapshot, Value};

/// Who is asked about: printed beside the numbers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SegmentMethod {
    /// All of them hold.
    pub conditions: Vec<String>,
    /// Of whom, and where.
    pub rule: &'static str,
}

/// What `method` says of a segment; nothing where everybody is asked about.
pub(super) fn segment_method(segment: &Segment) -> Option<SegmentMethod> {
    (!segment.is_everybody()).then(|| SegmentMethod {
        conditions: segment.conditions.iter().map(Condition::to_string).collect(),
        rule: "all conditions hold of one visitor (a browser): of the one whose event the report's own conditions are about. In the period: events in it, carts opened in it. A cart is that of the visitor who opened it",
    })
}

/// Whether a condition is about how visitors came.
pub(super) fn needs_sessions(segment: &Segment) -> bool {
    segment.conditions.iter().any(|condition| rows_of(condition) == Rows::WithSessions)
}

fn rows_of(condition: &Condition) -> Rows {
    match &condition.sought {
        Sought::Deed(deed) => rows_for(&deed.filters),
        Sought::Cart(..) => Rows::Plain,
    }
}

/// Does what [`push_rows`] does, and appends `members as (…)`, a row a visitor of the segment; that only where the
/// segment leaves somebody out.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn push_rows_and_members(
    query: &mut Query,
    snapshot: &Snapshot,
    scope: &Scope,
    rows: Rows,
    segment: &Segment,
) -> Result<(), store::Error> {
    push_rows(query, snapshot, scope, with_rows_of(segment, rows));
    push_members(query, snapshot, scope, segment)
}

/// Does the same with all rows, the shop's order book among them.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn push_every_row_and_members(
    query: &mut Query,
    snapshot: &Snapshot,
    scope: &Scope,
    rows: Rows,
    segment: &Segment,
) -> Result<(), store::Error> {
    push_every_row(query, snapshot, scope, with_rows_of(segment, rows));
    push_members(query, snapshot, scope, segment)
}

fn with_rows_of(segment: &Segment, rows: Rows) -> Rows {
    segment.conditions.iter().map(rows_of).fold(rows, Rows::and)
}

fn push_members(query: &mut Query, snapshot: &Snapshot, scope: &Scope, segment: &Segment) -> Result<(), store::Error> {
    if segment.is_everybody() {
        return Ok(());
    }
    let carts = CartOwners::find(snapshot, scope, segment)?;
    query.push(",\nmembers as (\n    select distinct visitor\n    from events\n    where site = $site");
    for (condition, owners) in segment.conditions.iter().zip(&carts.of_condition) {
        query.push(match condition.found {
            Found::Once => "\n        and visitor in (",
            Found::Never => "\n        and visitor not in (",
        });
        match &condition.sought {
            Sought::Deed(deed) => push_deed(query, snapshot, deed, Looked { scope, segment, condition }),
            Sought::Cart(..) => push_visitors(query, owners),
        }
        query.push(")");
    }
    query.push("\n)");
    Ok(())
}

/// Appends ` and …`, which is true for the rows of the segment's visitors; nothing where that is everybody.
pub(super) fn push_member(query: &mut Query, segment: &Segment) {
    if !segment.is_everybody() {
        query.push(" and visitor in (select visitor from members)");
    }
}

/// Where a deed is looked for.
struct Looked<'a> {
    scope: &'a Scope,
    segment: &'a Segment,
    condition: &'a Condition,
}

fn push_deed(query: &mut Query, snapshot: &Snapshot, deed: &Deed, looked: Looked<'_>) {
    let Looked { scope, segment, condition } = looked;
    query.push("\n            select visitor\n            from ").push(rows_of(condition).name());
    query.push("\n            where site = $site");
    if let Some(target) = &deed.target {
        query.push(" and ");
        push_target(query, snapshot, target);
    }
    push_filters(query, snapshot, &deed.filters);
    let moment = |query: &mut Query, at: Timestamp| {
        query.push("make_timestamp_ms(").push_value(Value::Number(at.as_ms())).push(")");
    };
    if condition.within == Within::Period {
        query.push(" and ");
        moment(query, scope.period.from());
        query.push(" <= occurred_at and occurred_at < ");
        moment(query, scope.period.to());
    }
    if let Some(as_of) = segment.as_of {
        query.push(" and occurred_at <= ");
        moment(query, as_of);
    }
    query.push("\n        ");
}

/// Appends visitors as rows. They are one text to the database, however many they are.
fn push_visitors(query: &mut Query, visitors: &BTreeSet<u64>) {
    if visitors.is_empty() {
        query.push("select null::ubigint where false");
        return;
    }
    let list = visitors.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    query.push("select unnest(string_split(").push_value(Value::Text(list)).push(", ',')::ubigint[])");
}

/// Who opened a cart that a condition is about.
struct CartOwners {
    /// In the order of the segment's conditions; empty for those about events.
    of_condition: Vec<BTreeSet<u64>>,
}

impl CartOwners {
    /// One pass over the carts of the period, and one over all, where there are conditions on them.
    fn find(snapshot: &Snapshot, scope: &Scope, segment: &Segment) -> Result<Self, store::Error> {
        let mut of_condition = vec![BTreeSet::new(); segment.conditions.len()];
        for within in [Within::Period, Within::Ever] {
            let about = |condition: &Condition| match condition.sought {
                Sought::Cart(fate, rules) if condition.within == within => Some((fate, rules)),
                _ => None,
            };
            let Some((_, rules)) = segment.conditions.iter().find_map(about) else { continue };
            let period = match within {
                Within::Period => scope.period,
                Within::Ever => ever(),
            };
            let asked = CartScope {
                scope: Scope { period, ..scope.clone() },
                as_of: segment.as_of,
                timeouts: rules.timeouts,
                filters: Vec::new(),
                segment: Segment::everybody(),
                site_currency: rules.currency,
                currency: None,
            };
            each_cart(snapshot, &asked, Whose::OpenedInPeriod, |cart| {
                for (condition, owners) in segment.conditions.iter().zip(&mut of_condition) {
                    if about(condition).is_some_and(|(fate, _)| is(&cart, fate)) {
                        owners.insert(cart.visitor);
                    }
                }
            })?;
        }
        Ok(Self { of_condition })
    }
}

fn is(cart: &Cart, fate: CartFate) -> bool {
    match fate {
        CartFate::EverAbandoned => cart.ever_abandoned(),
        CartFate::Is(state) => cart.state == state,
    }
}

/// From before the first event to after the last.
fn ever() -> Period {
    const END_MS: i64 = 32_503_680_000_000;
    Period::new(Timestamp::from_ms(0), Timestamp::from_ms(END_MS)).expect("the year 3000 is after 1970")
}
