//! How far somebody will go, in how many sessions. Decided on arrival, so that the shop's rates are believable.

use super::chance::Dice;
use super::visitors::{Channel, Device};

/// The deepest point that a visitor reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Depth {
    /// One page, perhaps two.
    Landing,
    /// Lists and searches.
    Lists,
    /// Articles.
    Article,
    Cart,
    Checkout,
    Shipping,
    Payment,
    Purchase,
}

/// A visitor's sessions to come.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The deepest point, reached in session [`Plan::closing`].
    pub(super) depth: Depth,
    /// Number of sessions, at least 1.
    sessions: u32,
    /// The session in which the cart is filled, counted from 0.
    filling: u32,
    /// The session in which the cart is taken further; the same as `filling`, or the one after.
    closing: u32,
}

/// What one session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Looking around, no deeper than this.
    Browse(Depth),
    /// Filling a cart and leaving it.
    Fill,
    /// Coming back to a cart, and going on to this depth.
    Resume(Depth),
    /// Filling a cart and going on to this depth at once.
    Whole(Depth),
}

/// Chances of getting from each depth to the next, from `Landing` on.
const PHONE_RATES: [f64; 7] = [0.68, 0.61, 0.27, 0.46, 0.79, 0.79, 0.83];
const DESKTOP_RATES: [f64; 7] = [0.73, 0.68, 0.32, 0.52, 0.82, 0.82, 0.87];

impl Plan {
    /// The plan of somebody who came by `channel`.
    pub(super) fn new(dice: &mut Dice, device: Device, channel: Channel) -> Self {
        let rates = if device == Device::Phone { PHONE_RATES } else { DESKTOP_RATES };
        let mut depth = Depth::Landing;
        for (next, rate) in DEEPER.into_iter().zip(rates) {
            let keenness = if next == Depth::Cart { channel.keenness() } else { 1.0 };
            if !dice.happens(rate * keenness) {
                break;
            }
            depth = next;
        }
        Self { depth, sessions: 1, filling: 0, closing: 0 }
    }

    /// The plan of reader `number` of the newsletter: looks around and leaves; two among 800 buy.
    pub(super) fn of_newsletter_reader(dice: &mut Dice, number: u64) -> Self {
        let depth = if number % 400 == 123 {
            Depth::Purchase
        } else {
            dice.pick(&[(40, Depth::Landing), (25, Depth::Lists), (32, Depth::Article), (3, Depth::Cart)])
        };
        Self { depth, sessions: 1, filling: 0, closing: 0 }
    }

    /// Spreads the plan over several sessions, for browsers that can be recognised.
    pub(super) fn spread(mut self, dice: &mut Dice) -> Self {
        let return_rate = match self.depth {
            Depth::Landing => 0.22,
            Depth::Lists => 0.38,
            Depth::Article => 0.58,
            _ => 0.66,
        };
        if dice.happens(return_rate) {
            self.sessions = 1 + dice.at_least_one(1.7);
            self.filling = dice.below(u64::from(self.sessions)) as u32;
            let comes_back = self.filling + 1 < self.sessions && dice.happens(0.6);
            self.closing = self.filling + u32::from(comes_back);
        }
        self
    }

    /// What session `number` (from 0) is for; `None` when the plan has no such session.
    pub(super) fn role(&self, number: u32) -> Option<Role> {
        if self.sessions <= number {
            return None;
        }
        let role = if self.depth < Depth::Cart {
            Role::Browse(self.depth)
        } else if number == self.filling {
            if self.closing == self.filling { Role::Whole(self.depth) } else { Role::Fill }
        } else if number == self.closing {
            Role::Resume(self.depth)
        } else {
            Role::Browse(Depth::Article)
        };
        Some(role)
    }
}

const DEEPER: [Depth; 7] =
    [Depth::Lists, Depth::Article, Depth::Cart, Depth::Checkout, Depth::Shipping, Depth::Payment, Depth::Purchase];

#[cfg(test)]
mod tests {
    use super::super::chance::Purpose;
    use super::*;

    fn roles(plan: &Plan) -> Vec<Role> {
        (0..).map_while(|number| plan.role(number)).collect()
    }

    #[test]
    fn a_cart_is_filled_once_and_taken_further_in_the_same_or_the_next_session() {
        let plan = |filling, closing| Plan { depth: Depth::Purchase, sessions: 3, filling, closing };
        let browse = Role::Browse(Depth::Article);
        assert_eq!(roles(&plan(0, 1)), [Role::Fill, Role::Resume(Depth::Purchase), browse]);
        assert_eq!(roles(&plan(2, 2)), [browse, browse, Role::Whole(Depth::Purchase)]);
    }

    #[test]
    fn no_session_goes_deeper_than_its_plan() {
        let mut dice = Dice::new(3, Purpose::Deeds, 0);
        for _ in 0..5_000 {
            let plan = Plan::new(&mut dice, Device::Phone, Channel::Direct).spread(&mut dice);
            let deepest = roles(&plan).into_iter().map(|role| match role {
                Role::Browse(depth) | Role::Resume(depth) | Role::Whole(depth) => depth,
                Role::Fill => Depth::Cart,
            });
            assert_eq!(deepest.max(), Some(plan.depth));
        }
    }

    #[test]
    fn readers_of_the_newsletter_hardly_ever_buy() {
        let mut dice = Dice::new(3, Purpose::Deeds, 0);
        let plans = (0..840).map(|number| Plan::of_newsletter_reader(&mut dice, number).depth);
        assert_eq!(plans.filter(|&depth| depth == Depth::Purchase).count(), 2);
    }
}
