//! What a set of carts looks like in an answer, and by what carts are told apart.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use super::{NONE, OTHER};
use crate::domain::cart::{Amounts, Cart, Figures, Line, State, Sums};
use crate::domain::channel::DIRECT;
use crate::domain::money::Currency;
use crate::store::{Code, NO_CODE, Snapshot};

/// By what carts can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Where the owner was last.
    LastTouchpoint,
    /// How far the cart got.
    Step,
    /// The field of a form that was named last.
    LastField,
    /// What may have sent the owner away.
    Reason,
    /// What the owner's last session came by.
    Channel,
    /// On what.
    Device,
    /// The campaign of the last session.
    Campaign,
    /// What is in the cart: a cart is in the row of each of its products.
    Product,
    /// What brought the owner back: recovered carts alone.
    RecoveredBy,
}

impl By {
    /// All of them, in the order of answers.
    pub const ALL: [Self; 9] = [
        Self::LastTouchpoint,
        Self::Step,
        Self::LastField,
        Self::Reason,
        Self::Channel,
        Self::Device,
        Self::Campaign,
        Self::Product,
        Self::RecoveredBy,
    ];

    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LastTouchpoint => "last_touchpoint",
            Self::Step => "step",
            Self::LastField => "last_field",
            Self::Reason => "reason",
            Self::Channel => "channel",
            Self::Device => "device",
            Self::Campaign => "campaign",
            Self::Product => "product",
            Self::RecoveredBy => "recovered_by",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == text)
    }

    /// The rows that a cart is in.
    pub(super) fn keys(self, cart: &Cart) -> Vec<Key> {
        let place = &cart.place;
        let one = match self {
            Self::LastTouchpoint => Key::Code(place.touchpoint),
            Self::Channel => Key::Code(place.channel),
            Self::Device => Key::Code(place.device),
            Self::Campaign => Key::Code(place.campaign),
            Self::Step => Key::Word(cart.step.as_str()),
            Self::Reason => place.reason.map_or(Key::NONE, |reason| Key::Word(reason.as_str())),
            Self::LastField => place.field.clone().map_or(Key::NONE, Key::Text),
            Self::RecoveredBy if cart.state != State::Recovered => return Vec::new(),
            Self::RecoveredBy => Key::Code(cart.returned_by),
            Self::Product => return cart.content.lines().iter().map(|line| Key::Text(line.product.clone())).collect(),
        };
        vec![one]
    }

    /// How a row is called.
    pub(super) fn shown(self, key: &Key, snapshot: &Snapshot) -> String {
        match key {
            Key::Code(NO_CODE) if self == Self::Channel => DIRECT.to_owned(),
            Key::Code(code) => super::shown(snapshot, *code),
            Key::Word(word) => (*word).to_owned(),
            Key::Text(text) if text.is_empty() => NONE.to_owned(),
            Key::Text(text) => text.clone(),
        }
    }
}

/// A value by which carts are told apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Code(Code),
    Word(&'static str),
    Text(String),
}

impl Key {
    const NONE: Self = Self::Code(NO_CODE);
}

/// A set of carts.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CartFigures")]
pub struct FiguresAnswer {
    /// Carts that were opened; each is in exactly one of the seven states.
    pub opened: u64,
    /// Its owner was active a moment ago.
    pub open: u64,
    /// Its owner pauses; or it is worth nothing.
    pub idle: u64,
    /// Its owner has gone; it is not given up yet.
    pub abandoned: u64,
    /// Bought after having been abandoned.
    pub recovered: u64,
    /// Bought, never abandoned.
    pub purchased: u64,
    /// Its owner took everything out.
    pub emptied: u64,
    /// Abandoned, and given up.
    pub expired: u64,
    /// Carts that were abandoned at any time, whatever they are now.
    pub ever_abandoned: u64,
    /// Of those opened; null when none was.
    pub cart_abandonment_rate: Option<f64>,
    /// Carts that got to the checkout.
    pub checkouts: u64,
    /// Those of them that were abandoned at any time.
    pub checkouts_abandoned: u64,
    /// Of those that got to the checkout; null when none did.
    pub checkout_abandonment_rate: Option<f64>,
    /// In the carts that are abandoned or expired: minor units by currency.
    pub value_lost_minor: BTreeMap<String, i64>,
    /// What carts were bought for that had never been abandoned.
    pub value_purchased_minor: BTreeMap<String, i64>,
    /// What recovered carts were bought for.
    pub value_recovered_minor: BTreeMap<String, i64>,
    /// In the carts that are abandoned and not expired.
    pub value_recoverable_minor: BTreeMap<String, i64>,
}

impl FiguresAnswer {
    /// The answer's form; of one currency only, where one is given.
    pub(super) fn new(figures: &Figures, currency: Option<Currency>) -> Self {
        let carts = |state| figures.in_state(state);
        Self {
            opened: figures.opened,
            open: carts(State::Open),
            idle: carts(State::Idle),
            abandoned: carts(State::Abandoned),
            recovered: carts(State::Recovered),
            purchased: carts(State::Purchased),
            emptied: carts(State::Emptied),
            expired: carts(State::Expired),
            ever_abandoned: figures.ever_abandoned,
            cart_abandonment_rate: figures.cart_abandonment_rate(),
            checkouts: figures.checkouts,
            checkouts_abandoned: figures.checkouts_abandoned,
            checkout_abandonment_rate: figures.checkout_abandonment_rate(),
            value_lost_minor: money(&figures.lost, currency),
            value_purchased_minor: money(&figures.purchased, currency),
            value_recovered_minor: money(&figures.recovered, currency),
            value_recoverable_minor: money(&figures.recoverable, currency),
        }
    }
}

/// Sums as answers have them.
pub(super) fn money(sums: &Sums, currency: Option<Currency>) -> BTreeMap<String, i64> {
    let shown = sums.iter().filter(|(own, _)| currency.is_none_or(|currency| currency == **own));
    shown.map(|(own, &minor)| (own.as_str().to_owned(), to_scale(minor))).collect()
}

/// The same of a cart's amounts.
pub(super) fn amounts(amounts: &Amounts, currency: Option<Currency>) -> BTreeMap<String, i64> {
    money(&amounts.iter().collect(), currency)
}

/// Past nine quintillion minor units a sum stays at the end of the scale.
pub(super) fn to_scale(minor: i128) -> i64 {
    i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX })
}

/// The figures of the values of one field.
pub(super) struct Breakdown {
    by: By,
    rows: HashMap<Key, Figures>,
    /// What products are called.
    names: HashMap<String, String>,
}

impl Breakdown {
    /// Nothing yet.
    pub(super) fn new(by: By) -> Self {
        Self { by, rows: HashMap::new(), names: HashMap::new() }
    }

    /// What the carts are told apart by.
    pub(super) fn by(&self) -> By {
        self.by
    }

    /// What products are called, by how their rows are.
    pub(super) fn take_names(&mut self) -> HashMap<String, String> {
        std::mem::take(&mut self.names)
    }

    /// Adds a cart to the rows that it is in.
    pub(super) fn add(&mut self, cart: &Cart) {
        if self.by == By::Product {
            return cart.content.lines().iter().for_each(|line| self.add_product(cart, line));
        }
        for key in self.by.keys(cart) {
            self.rows.entry(key).or_default().add(cart);
        }
    }

    /// Of a product's row the money is the product's, not all that is in the cart.
    fn add_product(&mut self, cart: &Cart, line: &Line) {
        let mut amounts = Amounts::default();
        if let Some((currency, minor)) = line.amount() {
            amounts.add(currency, minor);
        }
        self.rows.entry(Key::Text(line.product.clone())).or_default().add_worth(cart, &amounts);
        if let Some(name) = line.name.as_ref().filter(|_| !self.names.contains_key(&line.product)) {
            self.names.insert(line.product.clone(), name.clone());
        }
    }

    /// The rows with most at stake in `currency`, at most `limit`, and the rest as one.
    pub(super) fn into_rows(self, limit: usize, currency: Currency, snapshot: &Snapshot) -> Vec<(String, Figures)> {
        let by = self.by;
        let named = self.rows.into_iter().map(|(key, figures)| (by.shown(&key, snapshot), figures));
        let mut rows: Vec<(String, Figures)> = named.collect();
        let stake = |figures: &Figures| {
            let sums = if by == By::RecoveredBy { &figures.recovered } else { &figures.lost };
            sums.get(&currency).copied().unwrap_or_default()
        };
        rows.sort_by(|(one, a), (other, b)| {
            let size = |figures: &Figures| (stake(figures), figures.ever_abandoned, figures.opened);
            size(b).cmp(&size(a)).then_with(|| one.cmp(other))
        });
        let rest = rows.split_off(limit.min(rows.len()));
        if !rest.is_empty() {
            let mut other = Figures::default();
            rest.iter().for_each(|(_, figures)| other.add_figures(figures));
            rows.push((OTHER.to_owned(), other));
        }
        rows
    }
}
