//! Adds carts up: how many are what, and the money in them.

use std::collections::BTreeMap;

use super::super::money::Currency;
use super::act::Step;
use super::content::Amounts;
use super::state::{Cart, State};

/// Sums of money in minor units, by currency.
pub type Sums = BTreeMap<Currency, i128>;

/// What is known about a set of carts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Carts; each holds one product at least when it opens.
    pub opened: u64,
    /// Carts in each state, in the order of [`State::ALL`].
    pub states: [u64; State::ALL.len()],
    /// Carts that were ever abandoned, whatever they are now.
    pub ever_abandoned: u64,
    /// Carts that got to the checkout.
    pub checkouts: u64,
    /// Those of them that were ever abandoned.
    pub checkouts_abandoned: u64,
    /// What is in the carts that are abandoned or expired.
    pub lost: Sums,
    /// What carts that had never been abandoned were bought for.
    pub purchased: Sums,
    /// What carts that had been abandoned were bought for.
    pub recovered: Sums,
    /// What is in the carts that are abandoned, and not expired.
    pub recoverable: Sums,
}

impl Figures {
    /// Adds a cart with all that is in it.
    pub fn add(&mut self, cart: &Cart) {
        let amounts = match cart.state {
            State::Purchased | State::Recovered => &cart.order_amounts(),
            _ => cart.content.amounts(),
        };
        self.add_worth(cart, amounts);
    }

    /// Adds a cart of whose money only `amounts` is meant, such as one product of it.
    pub fn add_worth(&mut self, cart: &Cart, amounts: &Amounts) {
        self.opened += 1;
        self.states[cart.state as usize] += 1;
        self.ever_abandoned += u64::from(cart.ever_abandoned());
        let checkout = Step::Checkout <= cart.step;
        self.checkouts += u64::from(checkout);
        self.checkouts_abandoned += u64::from(checkout && cart.ever_abandoned());
        let sums: &mut [&mut Sums] = match cart.state {
            State::Abandoned => &mut [&mut self.lost, &mut self.recoverable],
            State::Expired => &mut [&mut self.lost],
            State::Recovered => &mut [&mut self.recovered],
            State::Purchased => &mut [&mut self.purchased],
            State::Open | State::Idle | State::Emptied => &mut [],
        };
        for sums in sums {
            amounts.iter().for_each(|(currency, minor)| *sums.entry(currency).or_default() += minor);
        }
    }

    /// Adds what others have added up.
    pub fn add_figures(&mut self, other: &Self) {
        self.opened += other.opened;
        self.states.iter_mut().zip(other.states).for_each(|(carts, more)| *carts += more);
        self.ever_abandoned += other.ever_abandoned;
        self.checkouts += other.checkouts;
        self.checkouts_abandoned += other.checkouts_abandoned;
        let pairs = [
            (&mut self.lost, &other.lost),
            (&mut self.purchased, &other.purchased),
            (&mut self.recovered, &other.recovered),
            (&mut self.recoverable, &other.recoverable),
        ];
        for (sums, more) in pairs {
            more.iter().for_each(|(&currency, &minor)| *sums.entry(currency).or_default() += minor);
        }
    }

    /// Carts in a state.
    pub fn in_state(&self, state: State) -> u64 {
        self.states[state as usize]
    }

    /// Carts ever abandoned, of those opened; `None` when none was opened.
    pub fn cart_abandonment_rate(&self) -> Option<f64> {
        rate(self.ever_abandoned, self.opened)
    }

    /// The same of the carts that got to the checkout.
    pub fn checkout_abandonment_rate(&self) -> Option<f64> {
        rate(self.checkouts_abandoned, self.checkouts)
    }
}

fn rate(part: u64, base: u64) -> Option<f64> {
    (base != 0).then(|| part as f64 / base as f64)
}
