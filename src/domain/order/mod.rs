//! Orders: each once, however often it was reported, with what was given back.
//!
//! **Promise.** One definition of an order. Nothing is stored: the same events and moment give the same orders, so a
//! refund or a server's report that arrives late changes history by itself.
//!
//! **Shape.** [`Ledger`] takes the rows of one order number after the other's and gives what they come to
//! ([`Settled`]): an [`Order`], its line in the shop's order book, and refunds that belong to no order.
//! [`Figures`] adds orders up; [`Verdict`] says how an order and its line in the book agree.
//!
//! **Never.** No SQL, no clock: rows come from `analyze`, by order number and in time order.
//!
//! **To change a rule**, change `tests/it/order_reference.rs` first, see the property test fail, then change the ledger.
//!
//! # Which reports are one order
//!
//! 1. All `purchase` events with one `transaction_id`, whoever sent them: a thank-you page that is loaded again, and a
//!    page and a server that both report, are one order. Without a number each is an order of its own.
//! 2. It was placed when the first of them happened. What it is worth, its items, its cart and its customer are what
//!    the first of the shop's server says, and where that is silent the next; pages come after servers, since anybody
//!    can forge them. Without a value it is worth its items, where all prices are in one currency.
//! 3. Where it was placed, on what and by whom, is what the first page says; a server has no browser.
//!
//! # What is given back
//!
//! 4. `refund` events of the number, whenever they arrive, are taken off the order, on the order's day. One with a value
//!    gives that back; one with items alone gives their prices back, or the order's for them; one with neither gives all.
//!    Where a server reported a refund, pages' refunds of that order are not counted.
//! 5. `order_cancelled` gives back what refunds have left. No order gives back more than it was worth.
//! 6. A refund without an order, in another currency than its order, or of an unknown amount is not taken off anything;
//!    it is told apart.

mod book;
mod figures;
mod ledger;
mod report;
mod settle;
mod verdict;

pub use book::BookEntry;
pub use figures::{CurrencySums, Figures};
pub use ledger::Ledger;
pub use report::{Kind, ORDER_BOOK_ENTRY, OrderRow};
pub use settle::{Order, Settled, Status, Unmatched};
pub use verdict::Verdict;
