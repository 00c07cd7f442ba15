//! The SQL of visits: a site's events of a period, visitor by visitor, in time order.
//!
//! Rows begin some time before the period, so that the session that was under way when it began is known from its own
//! beginning.

use super::super::cart_query::CartScope;
use super::super::condition::{push_filters, rows_for};
use super::super::segment::{push_member, push_rows_and_members};
use super::visits::{Place, VisitRow, Visits};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::store::{self, Code, Query, Snapshot, Value};

/// Hardly a session is longer.
const LOOKBACK_MS: i64 = DAY_MS;
/// Where one is, so many times as much is read, until it is seen whole.
const LOOKBACK_GROWTH: i64 = 8;

/// Builds the query for the rows of `visits`, which begin at `rows_from`.
///
/// # Errors
/// [`store::Error`], when the store refuses to say who is in the segment.
pub(super) fn visits_query(
    snapshot: &Snapshot,
    asked: &CartScope,
    rows_from: Timestamp,
) -> Result<Query, store::Error> {
    let rows = rows_for(&asked.filters);
    let mut query = Query::new();
    push_rows_and_members(&mut query, snapshot, &asked.scope, rows, &asked.segment)?;
    query.push("\nselect visitor, epoch_ms(occurred_at) as at_ms, sequence, name, channel, page, touchpoint,");
    query.push("\n    device, country, (");
    push_fits(&mut query, snapshot, asked);
    query.push(")::uinteger as fits\nfrom ").push(rows.name());
    query.push("\nwhere site = $site and make_timestamp_ms($rows_from_ms) <= occurred_at");
    query.push("\n    and occurred_at < make_timestamp_ms($until_ms)");
    query.push("\norder by visitor, occurred_at, sequence");
    query.bind("rows_from_ms", Value::Number(rows_from.as_ms()));
    query.bind("until_ms", Value::Number(until_ms(snapshot, asked)));
    Ok(query)
}

/// The first moment that is not read any more.
fn until_ms(snapshot: &Snapshot, asked: &CartScope) -> i64 {
    asked.scope.period.to().as_ms().min(asked.as_of(snapshot).plus_ms(1).as_ms())
}

fn push_fits(query: &mut Query, snapshot: &Snapshot, asked: &CartScope) {
    query.push("true");
    push_filters(query, snapshot, &asked.filters);
    push_member(query, &asked.segment);
}

/// The moment from which rows are read at first.
pub(super) fn rows_from(asked: &CartScope) -> Timestamp {
    asked.scope.period.from().plus_ms(-LOOKBACK_MS)
}

/// Reads the visits of the scope's period into what `begin` gives.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn read_visits<'a>(
    snapshot: &Snapshot,
    asked: &CartScope,
    begin: impl Fn(Timestamp) -> Visits<'a>,
) -> Result<Visits<'a>, store::Error> {
    let from = asked.scope.period.from();
    let mut lookback_ms = LOOKBACK_MS;
    loop {
        let rows_from = from.plus_ms(-lookback_ms);
        let mut visits = begin(rows_from);
        snapshot.stream(&visits_query(snapshot, asked, rows_from)?, |columns| {
            let (visitors, sequences) = (columns.unsigned("visitor"), columns.unsigned("sequence"));
            let (times, names, fits) = (columns.numbers("at_ms"), columns.codes("name"), columns.codes("fits"));
            let channels = columns.codes("channel");
            let places = Place::ALL.map(|place| columns.codes(place.column()));
            for row in 0..columns.rows() {
                visits.push(&VisitRow {
                    visitor: visitors[row],
                    at_ms: times[row],
                    sequence: sequences[row],
                    name: names[row],
                    channel: channels[row],
                    places: places.map(|place| place[row]),
                    fits: fits[row] != 0,
                });
            }
        })?;
        visits.finish();
        if !visits.begins_too_late() || rows_from < Timestamp::from_ms(0) {
            return Ok(visits);
        }
        lookback_ms = lookback_ms.saturating_mul(LOOKBACK_GROWTH);
    }
}

/// How many visitors were at a place that is none of `named`.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn visitors_elsewhere(
    snapshot: &Snapshot,
    asked: &CartScope,
    (place, named): (Place, &[Code]),
) -> Result<u64, store::Error> {
    let rows = rows_for(&asked.filters);
    let mut query = Query::new();
    push_rows_and_members(&mut query, snapshot, &asked.scope, rows, &asked.segment)?;
    query.push("\nselect count(distinct visitor)::ubigint as visitors from ").push(rows.name());
    query.push("\nwhere site = $site and make_timestamp_ms($from_ms) <= occurred_at");
    query.push("\n    and occurred_at < make_timestamp_ms($until_ms)\n    and ");
    query.push(place.column()).push(" not in (0, ").push_codes(named).push(")\n    and ");
    push_fits(&mut query, snapshot, asked);
    query.bind("from_ms", Value::Number(asked.scope.period.from().as_ms()));
    query.bind("until_ms", Value::Number(until_ms(snapshot, asked)));
    let mut visitors = 0;
    snapshot.stream(&query, |columns| visitors = columns.unsigned("visitors")[0])?;
    Ok(visitors)
}
