//! The SQL of visits: a site's events of a period, visitor by visitor, in time order.
//!
//! Rows begin some time before the period, so that the session that was under way when it began is known from its own
//! beginning.

use foldhash::{HashSet, HashSetExt as _};

use super::super::activity::Activity;
use super::super::cart_query::CartScope;
use super::super::condition::{NEVER, push_filters, rows_for};
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
    let rows = VisitRows::read(snapshot, asked)?;
    let mut lookback_ms = LOOKBACK_MS;
    loop {
        let rows_from = from.plus_ms(-lookback_ms);
        let mut visits = begin(rows_from);
        rows.each(rows_from, |row| visits.push(row))?;
        visits.finish();
        if !visits.begins_too_late() || rows_from < Timestamp::from_ms(0) {
            return Ok(visits);
        }
        lookback_ms = lookback_ms.saturating_mul(LOOKBACK_GROWTH);
    }
}

/// Where the rows come from: without conditions, they are what is kept of the site.
enum VisitRows<'a> {
    All { activity: Activity<'a>, until_ms: i64 },
    Fitting { snapshot: &'a Snapshot, asked: &'a CartScope },
}

impl<'a> VisitRows<'a> {
    fn read(snapshot: &'a Snapshot, asked: &'a CartScope) -> Result<Self, store::Error> {
        if asked.filters.is_empty() && asked.segment.is_everybody() {
            let activity = Activity::read(snapshot, asked.scope.site)?;
            return Ok(Self::All { activity, until_ms: until_ms(snapshot, asked) });
        }
        Ok(Self::Fitting { snapshot, asked })
    }

    /// Gives `each` the rows from a moment on, visitor by visitor.
    fn each(&self, rows_from: Timestamp, mut each: impl FnMut(&VisitRow)) -> Result<(), store::Error> {
        match self {
            Self::All { activity, until_ms } => activity.ascending(|columns, range| {
                let time = rows_from.as_ms()..*until_ms;
                range.filter(|&row| time.contains(&columns.times[row])).for_each(|row| {
                    each(&VisitRow {
                        visitor: columns.visitors[row],
                        at_ms: columns.times[row],
                        sequence: columns.sequences[row],
                        name: columns.names[row],
                        channel: columns.channels[row],
                        places: Place::ALL.map(|place| place.of(columns)[row]),
                        fits: true,
                    });
                });
            }),
            Self::Fitting { snapshot, asked } => {
                snapshot.stream(&visits_query(snapshot, asked, rows_from)?, |columns| {
                    let (visitors, sequences) = (columns.unsigned("visitor"), columns.unsigned("sequence"));
                    let (times, names, fits) = (columns.numbers("at_ms"), columns.codes("name"), columns.codes("fits"));
                    let channels = columns.codes("channel");
                    let places = Place::ALL.map(|place| columns.codes(place.column()));
                    (0..columns.rows()).for_each(|row| {
                        each(&VisitRow {
                            visitor: visitors[row],
                            at_ms: times[row],
                            sequence: sequences[row],
                            name: names[row],
                            channel: channels[row],
                            places: places.map(|place| place[row]),
                            fits: fits[row] != 0,
                        });
                    });
                })
            }
        }
    }
}

/// Codes that are told of by name, and that of none.
struct Known(Vec<bool>);

impl Known {
    fn new(named: &[Code]) -> Self {
        let mut known = vec![true];
        // What was never stored is no row's.
        for &code in named.iter().filter(|code| **code != NEVER) {
            known.resize(known.len().max(code as usize + 1), false);
            known[code as usize] = true;
        }
        Self(known)
    }

    fn contains(&self, code: Code) -> bool {
        self.0.get(code as usize).is_some_and(|known| *known)
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
    let (from_ms, until_ms) = (asked.scope.period.from().as_ms(), until_ms(snapshot, asked));
    if let VisitRows::All { activity, .. } = VisitRows::read(snapshot, asked)? {
        let known = Known::new(named);
        let (mut elsewhere, mut last) = (HashSet::new(), None);
        activity.each_piece(|columns| {
            let codes = place.of(columns);
            for row in columns.within(from_ms..until_ms) {
                // A visitor's rows lie together.
                if last != Some(columns.visitors[row]) && !known.contains(codes[row]) {
                    last = Some(columns.visitors[row]);
                    elsewhere.insert(columns.visitors[row]);
                }
            }
        })?;
        return Ok(elsewhere.len() as u64);
    }
    let rows = rows_for(&asked.filters);
    let mut query = Query::new();
    push_rows_and_members(&mut query, snapshot, &asked.scope, rows, &asked.segment)?;
    query.push("\nselect count(distinct visitor)::ubigint as visitors from ").push(rows.name());
    query.push("\nwhere site = $site and make_timestamp_ms($from_ms) <= occurred_at");
    query.push("\n    and occurred_at < make_timestamp_ms($until_ms)\n    and ");
    query.push(place.column()).push(" not in (0, ").push_codes(named).push(")\n    and ");
    push_fits(&mut query, snapshot, asked);
    query.bind("from_ms", Value::Number(from_ms));
    query.bind("until_ms", Value::Number(until_ms));
    let mut visitors = 0;
    snapshot.stream(&query, |columns| visitors = columns.unsigned("visitors")[0])?;
    Ok(visitors)
}
