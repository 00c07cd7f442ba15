//! Links that were undone, as SQL.

use super::query::{Query, Value};
use crate::domain::link::{LinkRules, Undone};

/// Appends an event's `customer`: null where the visitor's link to the customer was undone.
pub(super) fn push_standing_customer(query: &mut Query, rules: &LinkRules) {
    // The numbers alone first: of most rows no more is looked at.
    query.push("case when visitor in (").push_numbers(rules.undone().keys().map(|(_, visitor)| visitor.0));
    query.push(") then case when false");
    for ((site, visitor), undone) in rules.undone() {
        query.push_numbered(" or (site = {n}", u64::from(site.0)).push_numbered(" and visitor = {n}", visitor.0);
        if let Undone::Named(customers) = undone {
            query.push(" and customer in (null");
            for customer in customers {
                query.push(", ").push_value(Value::Text(customer.as_str().to_owned()));
            }
            query.push(")");
        }
        query.push(")");
    }
    query.push(" then null else customer end else customer end");
}
