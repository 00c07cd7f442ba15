//! Orders as a file, one row an order.

use std::collections::HashMap;

use super::super::cart_query::CartScope;
use super::query::{Whose, each_settled};
use super::{Buyer, Placed, PlacedOrders, item, shown};
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::store::{self, DerivedColumn, DerivedKind, FileFormat, Snapshot, TableFile};

const COLUMNS: &[DerivedColumn] = &[
    ("order_number", DerivedKind::Unsigned),
    ("transaction_id", DerivedKind::Text),
    ("status", DerivedKind::Text),
    ("ordered_at", DerivedKind::Moment),
    ("visitor", DerivedKind::Unsigned),
    ("customer", DerivedKind::Text),
    ("cart_id", DerivedKind::Text),
    ("first_order", DerivedKind::Truth),
    ("currency", DerivedKind::Text),
    ("value_minor", DerivedKind::Number),
    ("refunded_minor", DerivedKind::Number),
    ("cancelled_minor", DerivedKind::Number),
    ("net_minor", DerivedKind::Number),
    ("page_reports", DerivedKind::Number),
    ("server_reports", DerivedKind::Number),
    ("items", DerivedKind::Text),
];

/// Writes the orders of the scope's period to a temporary file, which goes with the returned value.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn write_file(snapshot: &Snapshot, asked: &CartScope, format: FileFormat) -> Result<TableFile, store::Error> {
    let orders = PlacedOrders::read(snapshot, asked, |_| ())?;
    let buyers: HashMap<u64, Buyer> = orders.placed.iter().map(|placed| (placed.order.booked, placed.buyer)).collect();
    snapshot.write_derived(COLUMNS, format, |rows| {
        each_settled(snapshot, asked, Whose::People, |settled| {
            let Some(order) = settled.order else { return };
            if let Some(&buyer) = buyers.get(&order.booked) {
                rows.push(&row(order, buyer, asked));
            }
        })
    })
}

/// The order's answer, with its list as the text of one.
fn row(order: Order, buyer: Buyer, asked: &CartScope) -> serde_json::Value {
    let items: Vec<_> = order.lines.iter().map(item).collect();
    let (booked, at_ms) = (order.booked, order.at_ms);
    let mut row = serde_json::to_value(shown(&Placed { order, buyer }, asked)).expect("answers are plain values");
    row["order_number"] = booked.into();
    row["ordered_at"] = Timestamp::from_ms(at_ms).to_string().into();
    row["items"] = serde_json::to_string(&items).expect("items are plain values").into();
    row
}
