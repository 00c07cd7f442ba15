//! What is in a cart: lines, pieces, and what it is worth in each currency.

use super::super::money::{Currency, Money};

/// One product in a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The article number, else the name; empty where an event named no product.
    pub product: String,
    /// What it is called, where that was said.
    pub name: Option<String>,
    /// Pieces, at least 1.
    pub quantity: u64,
    /// Of one piece, where that was said.
    pub price: Option<Money>,
}

impl Line {
    /// Price times pieces; `None` without a price.
    pub fn amount(&self) -> Option<(Currency, i128)> {
        self.price.map(|price| (price.currency(), i128::from(price.minor()) * i128::from(self.quantity)))
    }
}

/// Sums of money, one a currency: they are never added to one another. Nothing below or at zero is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts(Vec<(Currency, i128)>);

impl Amounts {
    /// Nothing but this amount.
    pub fn of(money: Money) -> Self {
        let mut amounts = Self::default();
        amounts.add(money.currency(), i128::from(money.minor()));
        amounts
    }

    /// Adds minor units of a currency; fewer than none are taken away, as far as there are any.
    pub fn add(&mut self, currency: Currency, minor: i128) {
        match self.0.iter_mut().find(|(known, _)| *known == currency) {
            Some((_, sum)) => *sum += minor,
            None => self.0.push((currency, minor)),
        }
        self.0.retain(|(_, sum)| 0 < *sum);
    }

    /// Each currency and its minor units, all above zero.
    pub fn iter(&self) -> impl Iterator<Item = (Currency, i128)> {
        self.0.iter().copied()
    }

    /// Whether it is worth anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add_all(&mut self, other: &Self) {
        other.iter().for_each(|(currency, minor)| self.add(currency, minor));
    }

    fn take_all(&mut self, other: &Self) {
        other.iter().for_each(|(currency, minor)| self.add(currency, -minor));
    }
}

/// What is in a cart.
///
/// Its worth is what the shop said of the whole cart when it last did, plus what was added since, less what was
/// removed; of an event that states no value, its items at their prices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    lines: Vec<Line>,
    amounts: Amounts,
}

impl Content {
    /// The products.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What it is worth.
    pub fn amounts(&self) -> &Amounts {
        &self.amounts
    }

    /// Pieces of all products.
    pub fn quantity(&self) -> u64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Puts these lines in. Without any, it is one piece of a product that nobody named.
    pub(super) fn add(&mut self, lines: &[Line], value: Option<Money>) {
        if lines.is_empty() {
            self.put(&Line { product: String::new(), name: None, quantity: 1, price: value });
        }
        lines.iter().for_each(|line| self.put(line));
        self.amounts.add_all(&worth(lines, value));
    }

    /// Takes these lines out, as far as they are in; without any, one piece of the product that nobody named.
    pub(super) fn remove(&mut self, lines: &[Line], value: Option<Money>) {
        let unnamed = [Line { product: String::new(), name: None, quantity: 1, price: value }];
        let mut taken = Vec::new();
        for line in if lines.is_empty() { &unnamed[..] } else { lines } {
            taken.extend(self.take(line));
        }
        if !taken.is_empty() {
            self.amounts.take_all(&worth(&taken, value));
        }
        if self.lines.is_empty() {
            self.amounts = Amounts::default();
        }
    }

    /// Has nothing but these lines in it from now on; without any, only what is said of its worth is new.
    pub(super) fn show(&mut self, lines: &[Line], value: Option<Money>) {
        if !lines.is_empty() {
            self.lines.clear();
            lines.iter().for_each(|line| self.put(line));
            self.amounts = worth(lines, value);
        } else if let Some(value) = value.filter(|_| !self.lines.is_empty()) {
            self.amounts = Amounts::of(value);
        }
    }

    fn put(&mut self, line: &Line) {
        match self.lines.iter_mut().find(|known| known.product == line.product) {
            Some(known) => {
                known.quantity += line.quantity;
                known.price = line.price.or(known.price);
            }
            None => self.lines.push(line.clone()),
        }
    }

    /// The pieces that were in the cart and are not any more, at the price that was said now or before.
    fn take(&mut self, line: &Line) -> Option<Line> {
        let place = self.lines.iter().position(|known| known.product == line.product)?;
        let known = &mut self.lines[place];
        let quantity = known.quantity.min(line.quantity);
        let taken = Line { quantity, price: line.price.or(known.price), ..line.clone() };
        known.quantity -= quantity;
        if known.quantity == 0 {
            self.lines.remove(place);
        }
        Some(taken)
    }
}

/// What an event's lines are worth: what it says, else their prices times their pieces.
fn worth(lines: &[Line], value: Option<Money>) -> Amounts {
    if let Some(value) = value {
        return Amounts::of(value);
    }
    let mut amounts = Amounts::default();
    for (currency, minor) in lines.iter().filter_map(Line::amount) {
        amounts.add(currency, minor);
    }
    amounts
}
