//! The cart ledger: what became of every cart, as of any moment.
//!
//! **Promise.** One definition of every state, the table of SEMANTICS ("Cart and checkout abandonment"). A cart is
//! never stored: the same events, time-outs and moment give the same carts, so changed time-outs and late events change
//! history by themselves.
//!
//! **Shape.** [`Ledger`] takes one person's rows after the other's, in time order, in one pass, and gives that person's
//! carts, each with its history. [`Carried`] is what a visitor has at any event. [`Content`] is what is in a cart; [`Act`] what an event does to it. [`Figures`] adds
//! carts up.
//!
//! **Never.** No SQL, no clock: the rows come sorted from `analyze`; the moment and the time-outs are arguments.
//!
//! **To change a rule**, change `tests/it/cart_reference.rs` first, see the property test fail, then change the ledger.
//!
//! # Which cart an event is about
//!
//! 1. One that names a `cart_id`: that person's cart of this id that is not bought yet; else the one that has no id
//!    yet, which is called so from then on (a shop's page often has no id before the first product is in).
//! 2. One that names none: the cart touched last of those that are not bought yet.
//! 3. Where there is none, `add_to_cart`, or `view_cart` or `begin_checkout` with items, open one. After a purchase
//!    that is another cart, even under the same id.
//! 4. A `purchase` buys the cart that rules 1 and 2 find; where it does not name that cart, only one with something in.

mod act;
mod carried;
mod content;
mod ledger;
mod person;
mod row;
mod state;
mod tally;
mod unbought;
mod visits;

pub use act::{Act, Reason, Step};
pub use carried::Carried;
pub use content::{Amounts, Content, Line};
pub use ledger::Ledger;
pub use row::CartRow;
pub use state::{BadTimeouts, Cart, Entry, Order, State, Timeouts, What};
pub use tally::{Figures, Sums};
pub use visits::Place;
