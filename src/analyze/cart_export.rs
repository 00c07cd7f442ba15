//! Carts as a file, one row a cart: what the carts report lists, for other tools.

use super::abandonment::CartScope;
use super::cart_query::{Whose, each_cart};
use super::carts::{CartAnswer, answer_of};
use crate::store::{self, DerivedColumn, DerivedKind, FileFormat, Snapshot, TableFile};

const COLUMNS: &[DerivedColumn] = &[
    ("cart", DerivedKind::Unsigned),
    ("cart_id", DerivedKind::Text),
    ("state", DerivedKind::Text),
    ("visitor", DerivedKind::Unsigned),
    ("customer", DerivedKind::Text),
    ("opened_at", DerivedKind::Moment),
    ("last_activity_at", DerivedKind::Moment),
    ("abandonments", DerivedKind::Number),
    ("abandoned_at", DerivedKind::Moment),
    ("recovered_by", DerivedKind::Text),
    ("purchased_at", DerivedKind::Moment),
    ("transaction_id", DerivedKind::Text),
    ("order_value_minor", DerivedKind::Text),
    ("quantity", DerivedKind::Unsigned),
    ("value_minor", DerivedKind::Text),
    ("step", DerivedKind::Text),
    ("last_touchpoint", DerivedKind::Text),
    ("last_field", DerivedKind::Text),
    ("reason", DerivedKind::Text),
    ("channel", DerivedKind::Text),
    ("campaign", DerivedKind::Text),
    ("device", DerivedKind::Text),
    ("items", DerivedKind::Text),
];

/// Writes the carts that were opened in the scope's period to a temporary file, which goes with the returned value.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn write_file(snapshot: &Snapshot, asked: &CartScope, format: FileFormat) -> Result<TableFile, store::Error> {
    // Files hold UTC.
    let mut asked = asked.clone();
    asked.scope.time_zone = jiff::tz::TimeZone::UTC;
    snapshot.write_derived(COLUMNS, format, |rows| {
        each_cart(snapshot, &asked, Whose::OpenedInPeriod, |cart| {
            rows.push(&flat(answer_of(snapshot, &asked, &cart)));
        })
    })
}

/// A cart's answer, with what is a list or an object there as the text of one.
fn flat(cart: CartAnswer) -> serde_json::Value {
    let mut row = serde_json::to_value(cart).expect("answers are plain values");
    for name in ["order_value_minor", "value_minor", "items"] {
        row[name] = row[name].to_string().into();
    }
    row
}
