//! Carts of one period beside those of another.
//!
//! Carts ripen: the longer ago one was opened, the more may have become of it. So the other period is seen as long after
//! its beginning as the first one is: yesterday up to this time of the day beside today, last month as it stood when
//! it was as old as this one is.

use schemars::JsonSchema;
use serde::Serialize;

use super::Scope;
use super::cart_figures::FiguresAnswer;
use super::cart_query::{CartScope, Whose, each_cart};
use crate::domain::cart::Figures;
use crate::domain::statistics::{Share, p_value};
use crate::domain::time::Period;
use crate::store::{self, Snapshot};

/// The carts of the period compared with.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AbandonmentComparison")]
pub struct Comparison {
    /// Included.
    pub from: String,
    /// Excluded.
    pub to: String,
    /// The moment that its states are of: as long after `from` as the answer's is after its own.
    pub as_of: String,
    /// All carts.
    pub total: FiguresAnswer,
    /// How likely the cart abandonment rates differ so by chance; null below 30 carts in one of the periods.
    pub cart_p_value: Option<f64>,
    /// The same of the checkout abandonment rates.
    pub checkout_p_value: Option<f64>,
}

/// The same carts over another period, beside those of `now`.
pub(super) fn compare(
    snapshot: &Snapshot,
    asked: &CartScope,
    period: Period,
    now: &Figures,
) -> Result<Comparison, store::Error> {
    let age_ms = asked.as_of(snapshot).as_ms() - asked.scope.period.from().as_ms();
    let as_of = period.from().plus_ms(age_ms);
    let before = CartScope { scope: Scope { period, ..asked.scope.clone() }, as_of: Some(as_of), ..asked.clone() };
    let mut total = Figures::default();
    each_cart(snapshot, &before, Whose::OpenedInPeriod, |cart| total.add(&cart))?;
    let zone = &asked.scope.time_zone;
    let carts = |figures: &Figures| Share { part: figures.ever_abandoned, total: figures.opened };
    let checkouts = |figures: &Figures| Share { part: figures.checkouts_abandoned, total: figures.checkouts };
    Ok(Comparison {
        from: period.from().show_in(zone),
        to: period.to().show_in(zone),
        as_of: as_of.show_in(zone),
        total: FiguresAnswer::new(&total, asked.currency),
        cart_p_value: p_value(carts(now), carts(&total)),
        checkout_p_value: p_value(checkouts(now), checkouts(&total)),
    })
}
