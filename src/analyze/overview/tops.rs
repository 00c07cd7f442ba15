//! Where most visitors were: the first values of each place and of the channel, with the orders of their sessions.

use std::collections::{BTreeMap, HashSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::super::cart_query::CartScope;
use super::super::orders::FiguresAnswer;
use super::super::{NONE, OTHER, shown};
use super::query::visitors_elsewhere;
use super::visits::{CHANNEL, Place, Tally, Visits, WAYS, none_of};
use crate::domain::channel::DIRECT;
use crate::domain::order::Figures;
use crate::store::{self, Code, NO_CODE, Snapshot};

/// Visitors and orders with one value.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "OverviewRow")]
pub struct Row {
    /// The value; `(other)` is all values past the limit, `(none)` those who have none.
    pub value: String,
    /// Visitors with an event there.
    pub visitors: u64,
    /// Orders placed in sessions that were there.
    pub orders: u64,
    /// Orders for each visitor, so above 1 where most bought twice; null where nobody was.
    pub order_rate: Option<f64>,
    /// Those orders as they were placed, in minor units by currency.
    pub gross_minor: BTreeMap<String, i64>,
    /// The same less what was given back.
    pub net_minor: BTreeMap<String, i64>,
}

/// The lists by `channel`, `page`, `touchpoint`, `device` and `country`: at most `limit` values each, most visitors
/// first, then the rest.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn lists(
    snapshot: &Snapshot,
    asked: &CartScope,
    visits: &Visits<'_>,
    limit: usize,
) -> Result<BTreeMap<&'static str, Vec<Row>>, store::Error> {
    (0..WAYS).map(|way| Ok((word(way), List { snapshot, asked, visits, way }.rows(limit)?))).collect()
}

fn word(way: usize) -> &'static str {
    Place::ALL.get(way).map_or("channel", |place| place.column())
}

/// One of the lists in the making.
struct List<'a> {
    snapshot: &'a Snapshot,
    asked: &'a CartScope,
    visits: &'a Visits<'a>,
    way: usize,
}

impl List<'_> {
    fn rows(&self, limit: usize) -> Result<Vec<Row>, store::Error> {
        let none = none_of(self.way);
        let tallies = &self.visits.tallies[self.way];
        let mut named: Vec<(Code, String, &Tally)> = tallies
            .iter()
            .filter(|(code, _)| **code != none)
            .map(|(&code, tally)| (code, self.name(code), tally))
            .collect();
        named.sort_by(|(_, one, a), (_, other, b)| {
            (b.visitors, b.orders.orders).cmp(&(a.visitors, a.orders.orders)).then_with(|| one.cmp(other))
        });
        let rest = named.split_off(limit.min(named.len()));
        let codes: Vec<Code> = named.iter().map(|(code, ..)| *code).collect();
        let mut rows: Vec<Row> =
            named.into_iter().map(|(_, name, tally)| self.row(name, tally.visitors, &tally.orders)).collect();
        if !rest.is_empty() {
            rows.push(self.others(&codes)?);
        }
        if let Some(tally) = tallies.get(&none) {
            rows.push(self.row(NONE.to_owned(), tally.visitors, &tally.orders));
        }
        Ok(rows)
    }

    fn name(&self, code: Code) -> String {
        if self.way == CHANNEL && code == NO_CODE { DIRECT.to_owned() } else { shown(self.snapshot, code) }
    }

    fn row(&self, value: String, visitors: u64, orders: &Figures) -> Row {
        let FiguresAnswer { orders, gross_minor, net_minor, .. } = FiguresAnswer::new(orders, self.asked.currency);
        let order_rate = (visitors != 0).then(|| orders as f64 / visitors as f64);
        Row { value, visitors, orders, order_rate, gross_minor, net_minor }
    }

    /// Those with a value that is not listed: a visitor who was at several of them is one.
    fn others(&self, named: &[Code]) -> Result<Row, store::Error> {
        let (listed, none): (HashSet<Code>, Code) = (named.iter().copied().collect(), none_of(self.way));
        let unlisted = |codes: &[Code]| codes.iter().any(|code| *code != none && !listed.contains(code));
        let visitors = match Place::ALL.get(self.way) {
            None => {
                let by_channels = self.visits.channels.iter();
                by_channels.filter(|(channels, _)| unlisted(channels)).map(|(_, visitors)| visitors).sum()
            }
            Some(&place) => {
                let mut known = named.to_vec();
                known.push(self.visits.unknown_of(place));
                visitors_elsewhere(self.snapshot, self.asked, (place, &known))?
            }
        };
        let mut orders = Figures::default();
        for (place, values) in &self.visits.order_values {
            if unlisted(&values[self.way]) {
                orders.add(self.visits.order(*place));
            }
        }
        Ok(self.row(OTHER.to_owned(), visitors, &orders))
    }
}
