//! Which of a person's carts are not bought yet, found by id, by the lack of one, and by which was touched last.
//!
//! # Why
//! A shop that gives all its guests one customer id makes one person of them, with as many carts: finding one must not
//! mean looking at all.

use std::collections::{BTreeMap, HashMap};

/// The places of carts that are not bought yet. Invariants: an id is of one cart; at most one cart has no id.
#[derive(Debug, Default)]
pub(super) struct Unbought {
    /// By when they were touched last.
    by_touch: BTreeMap<u64, usize>,
    by_id: HashMap<String, usize>,
    unnamed: Option<usize>,
    touches: u64,
}

impl Unbought {
    /// The cart of this id.
    pub(super) fn named(&self, cart_id: &str) -> Option<usize> {
        self.by_id.get(cart_id).copied()
    }

    /// The cart without an id.
    pub(super) fn unnamed(&self) -> Option<usize> {
        self.unnamed
    }

    /// All of them, the one touched last first.
    pub(super) fn latest_first(&self) -> impl Iterator<Item = usize> {
        self.by_touch.values().rev().copied()
    }

    /// Takes a cart that was just opened.
    pub(super) fn open(&mut self, place: usize, cart_id: Option<&str>) {
        match cart_id {
            Some(cart_id) => drop(self.by_id.insert(cart_id.to_owned(), place)),
            None => self.unnamed = Some(place),
        }
    }

    /// Gives the cart without an id this one.
    pub(super) fn name(&mut self, place: usize, cart_id: &str) {
        self.unnamed = self.unnamed.filter(|&unnamed| unnamed != place);
        self.by_id.insert(cart_id.to_owned(), place);
    }

    /// A cart that was last touched at `before` is touched; gives the moment by which it is known from now on.
    pub(super) fn touch(&mut self, place: usize, before: u64) -> u64 {
        self.touches += 1;
        self.by_touch.remove(&before);
        self.by_touch.insert(self.touches, place);
        self.touches
    }

    /// A cart is bought.
    pub(super) fn buy(&mut self, place: usize, touched: u64, cart_id: Option<&str>) {
        self.by_touch.remove(&touched);
        match cart_id {
            Some(cart_id) => drop(self.by_id.remove(cart_id)),
            None => self.unnamed = self.unnamed.filter(|&unnamed| unnamed != place),
        }
    }
}
