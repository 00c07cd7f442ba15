//! Styk records what visitors do in a shop, and answers where they came from, how far they got, and where
//! they left.
//!
//! An event travels one way. The modules are listed in that order; read them in that order.
//!
//! ```text
//! snippet ─▶ collect ─▶ journal ─▶ load ─▶ store ─▶ analyze ─▶ report
//!                                     └──▶ archive (Parquet, the day after)
//! ```
//!
//! Journal and archive are the ground truth; the store is made from them.
//!
//! `tests/it/architecture.rs` checks who may use whom.
//!
//! # One `add_to_cart`, from browser to dashboard
//!
//! 1. A shop's page pushes `{event: "add_to_cart", ecommerce: {…}}` into its `dataLayer`. The snippet
//!    (`js-snippet/src`) sees the push, gives it an id and a sequence, and sends it within 1.5 s to `POST /s`.
//! 2. [`collect`] admits the request (site, origin, limits), parses the event into a [`domain::event::Event`],
//!    scrubs it, and gives the visitor a keyed hash for a name. A bad event would be refused alone.
//! 3. [`journal::Writer::append`] puts the batch into the queue; the one writer thread writes what waits, syncs
//!    once, and only then does the page hear `202`.
//! 4. [`load::Loader`] reads the record behind the sync, drops it if its id was [seen before](load), derives device,
//!    channel and touchpoint, and appends a row.
//! 5. [`store::Writer::append`] commits the row to memory, where questions see it; later a flush writes it, sorted,
//!    as part of a run into the file, and moves the position in the same transaction.
//! 6. A marketer opens the funnel. [`analyze::funnel`] streams the rows that may fill a step, visitor by visitor,
//!    through [`domain::funnel::Matcher`], which finds the attempt that counts. What it read of each run is kept
//!    ([`store::Part`]), so that the next look takes a fraction of the time.
//!    The abandonment report streams all that its owner did through [`domain::cart::Ledger`], which says what became of
//!    the cart. Whatever tells of orders streams what was said of them through [`domain::order::Ledger`]. The drop-off
//!    report makes sessions of all that visitors did ([`domain::session::Sessions`]) and books them where they were
//!    ([`domain::dropoff::Tally`]).
//! 7. [`report`] answers with the numbers, how they were reached (`method`) and how fresh they are (`data_through`).
//! 8. The dashboard (`src/report/dashboard`) draws the bar "Add to cart", one visitor taller.

/// Most of a request's and of a row's own work is small allocations that live for a moment; this allocator made
/// both cheaper when it was measured (`benches/`). DuckDB keeps its own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// Plain comments, not docs: with docs in both places, rustdoc looks for the modules' own links here.

// The words every stage shares. Uses none of them.
pub mod domain;

// What every HTTP route says of itself, and who may use it. Uses none of the stages.
pub mod route;

// HTTP in: a batch becomes events and refusals.
pub mod collect;

// Accepted events on disk, in order, before anyone hears "accepted".
pub mod journal;

// From the journal into the store, exactly once; and into the archive, once a day is over.
pub mod load;

// Every loaded event in DuckDB, and every archived one in Parquet.
pub mod store;

// The questions, one file each.
pub mod analyze;

// JSON API, sign-in, dashboard, text tables.
pub mod report;

// Sites, keys, users, saved funnels: a small SQLite file.
pub mod control;

// The rim: what was typed, what it means, the settings, and the program that runs.
pub mod cli;
pub mod commands;
pub mod config;
pub mod server;
