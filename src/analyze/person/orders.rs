//! What a person bought: the orders of [`orders`](super::super::orders) that are its own by the setting of identity.

use super::super::orders::{Whose, each_settled};
use super::sessions::Sessions;
use super::{LISTED_MAX, Question};
use crate::domain::order::{Figures, Order};
use crate::store::{self, Snapshot};

/// All of a person's orders, and the newest of them.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// Latest first, without what was bought.
    pub(super) newest: Vec<Order>,
    /// All of them.
    pub(super) figures: Figures,
}

/// Reads them.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub(super) fn read(snapshot: &Snapshot, question: &Question, sessions: &Sessions) -> Result<Orders, store::Error> {
    let visitors = sessions.visitors();
    let own = |order: &Order| match &order.customer {
        Some(customer) => sessions.customer.as_ref() == Some(customer),
        None => visitors.contains(&order.visitor),
    };
    let mut orders = Orders::default();
    each_settled(snapshot, &question.carts, Whose::OfVisitors(&visitors), |settled| {
        if let Some(order) = settled.order.filter(own) {
            orders.figures.add(&order);
            orders.newest.push(Order { lines: Vec::new(), ..order });
        }
    })?;
    orders.newest.sort_by_key(|order| std::cmp::Reverse((order.at_ms, order.booked)));
    orders.newest.truncate(LISTED_MAX);
    Ok(orders)
}
