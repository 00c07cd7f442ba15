//! Which carts there are: a list by state, the most valuable or the newest first, and the history of one.
//!
//! The same carts as in [`abandonment`](super::abandonment): what is counted there is listed here.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use schemars::JsonSchema;
use serde::Serialize;

use super::abandonment::{CartScope, Method, method};
pub use super::cart_figures::By;
use super::cart_figures::{Key, amounts};
pub use super::cart_query::queries;
use super::cart_query::{Whose, each_cart};
use super::{data_through, shown};
use crate::domain::cart::{Cart, Entry, Line, State, Step};
use crate::domain::money::Currency;
use crate::domain::time::Timestamp;
use crate::store::{self, Snapshot};

/// Which carts are listed, and how.
#[derive(Clone, Debug)]
pub struct List {
    /// Carts in one of these states; all of them when empty.
    pub states: Vec<State>,
    /// Carts that got at least so far.
    pub step: Step,
    /// Carts of one row of a breakdown.
    pub row: Option<(By, String)>,
    /// What comes first.
    pub sort: Sort,
    /// So many.
    pub limit: NonZeroUsize,
    /// After so many.
    pub offset: usize,
}

/// So many carts of one person are listed.
const LISTED_MAX: usize = 100;

/// What comes first in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The most valuable.
    Value,
    /// The one opened last.
    OpenedAt,
    /// The one whose owner was active last.
    LastActivityAt,
}

impl Sort {
    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "value" => Some(Self::Value),
            "opened_at" => Some(Self::OpenedAt),
            "last_activity_at" => Some(Self::LastActivityAt),
            _ => None,
        }
    }

    /// Which of two carts is listed first.
    fn compare(self, currency: Currency, one: &Cart, other: &Cart) -> Ordering {
        let size = |cart: &Cart| match self {
            Self::Value => value_in(cart, currency),
            Self::OpenedAt => i128::from(cart.opened_at_ms),
            Self::LastActivityAt => i128::from(cart.last_activity_at_ms),
        };
        size(other).cmp(&size(one)).then_with(|| other.id.cmp(&one.id))
    }
}

fn value_in(cart: &Cart, currency: Currency) -> i128 {
    cart.content.amounts().iter().find(|(own, _)| *own == currency).map_or(0, |(_, minor)| minor)
}

/// A list of carts.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CartsAnswer")]
pub struct Answer {
    /// A page of them.
    pub carts: Vec<CartAnswer>,
    /// How many there are on all pages.
    pub carts_total: u64,
    /// The next page's `offset`; null on the last.
    pub next_offset: Option<usize>,
    /// The moment that states are of.
    pub as_of: String,
    /// How the carts were told apart.
    pub method: Method,
    /// Everything that arrived until then is in; null while nothing has.
    pub data_through: Option<String>,
}

/// One cart.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Cart")]
pub struct CartAnswer {
    /// What to ask for its history by.
    pub cart: String,
    /// The shop's own id of it.
    pub cart_id: Option<String>,
    /// `open`, `idle`, `abandoned`, `recovered`, `purchased`, `emptied` or `expired`.
    pub state: &'static str,
    /// The browser that opened it, as exports show it; null behind a share link, like all that names somebody.
    pub visitor: Option<String>,
    /// The shop's id of its owner.
    pub customer: Option<String>,
    /// When it was opened.
    pub opened_at: String,
    /// The last thing that its owner did, up to the purchase.
    pub last_activity_at: String,
    /// How often it was abandoned.
    pub abandonments: u32,
    /// When it last was.
    pub abandoned_at: Option<String>,
    /// The touchpoint that brought its owner back; only of a recovered cart.
    pub recovered_by: Option<String>,
    /// When it was bought.
    pub purchased_at: Option<String>,
    /// The order's number.
    pub transaction_id: Option<String>,
    /// What the order was worth, in minor units by currency.
    pub order_value_minor: BTreeMap<String, i64>,
    /// Pieces in it.
    pub quantity: u64,
    /// What it is worth, in minor units by currency.
    pub value_minor: BTreeMap<String, i64>,
    /// The furthest step: `cart`, `checkout`, `shipping` or `payment`.
    pub step: &'static str,
    /// Where its owner was, as in the breakdowns of the abandonment report.
    pub last_touchpoint: String,
    /// The field of a form that was named last.
    pub last_field: Option<String>,
    /// What may have sent its owner away.
    pub reason: Option<&'static str>,
    /// What the owner's last session came by.
    pub channel: String,
    /// The campaign of it.
    pub campaign: String,
    /// On what.
    pub device: String,
    /// What is in it.
    pub items: Vec<ItemAnswer>,
    /// What happened to it; only where one cart was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<Vec<EntryAnswer>>,
}

/// A product in a cart.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CartItem")]
pub struct ItemAnswer {
    /// The article number, else its name.
    pub product: String,
    /// What it is called.
    pub name: Option<String>,
    /// Pieces.
    pub quantity: u64,
    /// Of one piece, in minor units.
    pub price_minor: Option<i64>,
    /// The price's currency.
    pub currency: Option<String>,
}

/// Something that happened to a cart.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CartHistoryEntry")]
pub struct EntryAnswer {
    /// When.
    pub at: String,
    /// What, such as `added` or `abandoned`.
    pub what: &'static str,
    /// Where.
    pub touchpoint: String,
    /// Pieces in it from then on.
    pub quantity: u64,
    /// What it was worth from then on, in minor units by currency.
    pub value_minor: BTreeMap<String, i64>,
}

impl Answer {
    /// The same without what names a person, a cart or an order to somebody who knows the shop.
    #[must_use]
    pub fn without_names(self) -> Self {
        let nameless = |cart: CartAnswer| CartAnswer {
            visitor: None,
            customer: None,
            cart_id: None,
            transaction_id: None,
            ..cart
        };
        Self { carts: self.carts.into_iter().map(nameless).collect(), ..self }
    }
}

/// Lists carts of the scope's period.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn answer(snapshot: &Snapshot, asked: &CartScope, list: &List) -> Result<Answer, store::Error> {
    let currency = asked.sorting_currency();
    let wanted = list.offset.saturating_add(list.limit.get());
    let mut carts_total = 0;
    let mut kept: Vec<Cart> = Vec::new();
    each_cart(snapshot, asked, Whose::OpenedInPeriod, |cart| {
        if list.wants(&cart, snapshot) {
            carts_total += 1;
            kept.push(Cart { history: Vec::new(), ..cart });
            // Never more in memory than twice what is asked for.
            if 2 * wanted <= kept.len() {
                kept.sort_by(|one, other| list.sort.compare(currency, one, other));
                kept.truncate(wanted);
            }
        }
    })?;
    kept.sort_by(|one, other| list.sort.compare(currency, one, other));
    kept.truncate(wanted);
    let words = Words { snapshot, asked };
    let carts = kept.iter().skip(list.offset).map(|cart| words.cart(cart)).collect();
    let next_offset = (u64::try_from(wanted).is_ok_and(|wanted| wanted < carts_total)).then_some(wanted);
    Ok(words.answer(carts, carts_total, next_offset))
}

/// One cart with its history; `None` when there is none of this id.
///
/// # Errors
/// [`store::Error`], when the store refuses or the question is cancelled.
pub fn one(snapshot: &Snapshot, asked: &CartScope, cart: u64) -> Result<Option<Answer>, store::Error> {
    let mut found = None;
    each_cart(snapshot, asked, Whose::OwnerOf(cart), |cart| found = Some(cart))?;
    let words = Words { snapshot, asked };
    Ok(found.map(|cart| {
        let history = Some(cart.history.iter().map(|entry| words.entry(entry)).collect());
        words.answer(vec![CartAnswer { history, ..words.cart(&cart) }], 1, None)
    }))
}

/// Of the carts of these visitors, and of the customers that they are, the newest [`LISTED_MAX`] that are wanted; and how
/// many are.
pub(super) fn of_visitors(
    snapshot: &Snapshot,
    asked: &CartScope,
    visitors: &[u64],
    wanted: impl Fn(&Cart) -> bool,
) -> Result<(Vec<CartAnswer>, u64), store::Error> {
    let (mut carts, mut total) = (Vec::new(), 0);
    each_cart(snapshot, asked, Whose::Visitors(visitors), |cart| {
        if wanted(&cart) {
            total += 1;
            carts.push(Cart { history: Vec::new(), ..cart });
        }
    })?;
    carts.sort_by(|one, other| Sort::OpenedAt.compare(asked.sorting_currency(), one, other));
    carts.truncate(LISTED_MAX);
    let words = Words { snapshot, asked };
    Ok((carts.iter().map(|cart| words.cart(cart)).collect(), total))
}

/// One cart as answers have it, without its history.
pub(super) fn answer_of(snapshot: &Snapshot, asked: &CartScope, cart: &Cart) -> CartAnswer {
    Words { snapshot, asked }.cart(cart)
}

impl List {
    fn wants(&self, cart: &Cart, snapshot: &Snapshot) -> bool {
        let in_row = |(by, value): &(By, String)| by.keys(cart).iter().any(|key| by.shown(key, snapshot) == *value);
        (self.states.is_empty() || self.states.contains(&cart.state))
            && self.step <= cart.step
            && self.row.as_ref().is_none_or(in_row)
    }
}

/// Turns carts into answers.
struct Words<'a> {
    snapshot: &'a Snapshot,
    asked: &'a CartScope,
}

impl Words<'_> {
    fn answer(&self, carts: Vec<CartAnswer>, carts_total: u64, next_offset: Option<usize>) -> Answer {
        Answer {
            carts,
            carts_total,
            next_offset,
            as_of: self.moment(self.asked.as_of(self.snapshot).as_ms()),
            method: method("carts", self.asked),
            data_through: data_through(self.snapshot),
        }
    }

    fn moment(&self, at_ms: i64) -> String {
        Timestamp::from_ms(at_ms).show_in(&self.asked.scope.time_zone)
    }

    fn cart(&self, cart: &Cart) -> CartAnswer {
        let (order, place) = (cart.order.as_ref(), &cart.place);
        let by = |by: By, code| by.shown(&Key::Code(code), self.snapshot);
        let bought = order.map(|_| amounts(&cart.order_amounts(), self.asked.currency));
        CartAnswer {
            cart: cart.id.to_string(),
            cart_id: cart.cart_id.clone(),
            state: cart.state.as_str(),
            visitor: Some(cart.visitor.to_string()),
            customer: cart.customer.clone(),
            opened_at: self.moment(cart.opened_at_ms),
            last_activity_at: self.moment(cart.last_activity_at_ms),
            abandonments: cart.abandonments,
            abandoned_at: cart.abandoned_at_ms.map(|at_ms| self.moment(at_ms)),
            recovered_by: (cart.state == State::Recovered).then(|| shown(self.snapshot, cart.returned_by)),
            purchased_at: order.map(|order| self.moment(order.at_ms)),
            transaction_id: order.and_then(|order| order.transaction_id.clone()),
            order_value_minor: bought.unwrap_or_default(),
            quantity: cart.content.quantity(),
            value_minor: amounts(cart.content.amounts(), self.asked.currency),
            step: cart.step.as_str(),
            last_touchpoint: by(By::LastTouchpoint, place.touchpoint),
            last_field: place.field.clone(),
            reason: place.reason.map(|reason| reason.as_str()),
            channel: by(By::Channel, place.channel),
            campaign: by(By::Campaign, place.campaign),
            device: by(By::Device, place.device),
            items: cart.content.lines().iter().map(item).collect(),
            history: None,
        }
    }

    fn entry(&self, entry: &Entry) -> EntryAnswer {
        EntryAnswer {
            at: self.moment(entry.at_ms),
            what: entry.what.as_str(),
            touchpoint: shown(self.snapshot, entry.touchpoint),
            quantity: entry.quantity,
            value_minor: amounts(&entry.amounts, self.asked.currency),
        }
    }
}

pub(super) fn item(line: &Line) -> ItemAnswer {
    ItemAnswer {
        product: line.product.clone(),
        name: line.name.clone(),
        quantity: line.quantity,
        price_minor: line.price.map(|price| price.minor()),
        currency: line.price.map(|price| price.currency().as_str().to_owned()),
    }
}
