//! The words every stage shares: events, names, times, money, channels, funnels, carts, sessions.
//!
//! **Promise.** A value of a type from here is right: whoever holds an [`EventName`](name::EventName) or a
//! [`Money`](money::Money) has nothing left to check.
//!
//! **Shape.** Plain values with one door each (`parse`). Pure functions from values to values.
//!
//! **Never.** No I/O, no async, no clock, no SQL, no HTTP; nothing of the other modules.
//!
//! **To change it**, keep the journal readable: [`event::Batch`] is stored as [`encoding`] writes it, so a new
//! field there means a new encoding version.

pub mod calendar;
pub mod campaign;
pub mod cart;
pub mod channel;
pub mod dropoff;
pub mod encoding;
pub mod event;
pub mod filter;
pub mod funnel;
pub mod id;
mod known_source;
pub mod link;
pub mod money;
pub mod name;
pub mod network;
pub mod order;
pub mod page;
pub mod personal;
pub mod privacy;
pub mod removal;
pub mod retention;
pub mod rules;
pub mod scrub;
pub mod segment;
pub mod session;
pub mod statistics;
pub mod subscriber;
pub mod time;
pub mod touchpoint;
pub mod visitor;
pub mod vocabulary;
pub mod written;
