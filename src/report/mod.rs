//! Reports: the JSON API, the sign-in in front of it, and the dashboard that shows it.
//!
//! **Promise.** Shows numbers, never computes them: API, command line and dashboard say the same, and each
//! answer names its `method`. What a request may see is settled before it is read.
//!
//! **Shape.** [`door`] says who asks and for which site; `questions` takes the question apart and has `analyze`
//! answer it; [`text`] prints an answer for terminals; `assets` serves the dashboard, embedded in the binary; `settings`
//! is what owners decide there.
//!
//! **Never.** No SQL, no DuckDB, no file system. No text from outside becomes markup.
//!
//! **To add a report**, add its request type beside `funnel_request`, its route in `questions::routes`, its table beside
//! [`text`].

mod annotations;
mod assets;
pub mod body;
mod cart_request;
pub mod cart_text;
mod carts;
mod cookie;
pub mod door;
mod dropoff;
mod dropoff_request;
pub mod dropoff_text;
pub mod error;
mod filter_request;
mod funnel_request;
pub mod login;
mod named;
mod order_request;
pub mod order_text;
mod overview;
mod overview_request;
pub mod overview_text;
mod people_request;
pub mod people_text;
mod period;
mod pieces;
mod privacy;
mod questions;
mod retention;
pub mod retention_text;
mod saved_funnels;
mod segment_request;
mod served;
mod settings;
mod shares;
pub mod text;
mod throttle;
mod visitor;
mod visitor_links;
pub mod visitor_text;

use std::sync::Arc;
use std::time::Duration;

use axum::middleware::from_fn_with_state;

use self::door::Door;
use crate::analyze::ask::Questions;
use crate::domain::cart::Timeouts;
use crate::domain::time::Timestamp;
use crate::domain::touchpoint::Register;
use crate::route::Route;

/// The same routes; a request whose body is not here when `deadline` has passed is answered 408.
pub fn within(routes: Vec<Route>, deadline: Duration) -> Vec<Route> {
    let wrap = |route: Route| route.behind(|serving| serving.layer(from_fn_with_state(deadline, body::arrive_in_time)));
    routes.into_iter().map(wrap).collect()
}

/// By what answers are given, beside what is stored.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What a pause means.
    pub pauses: Pauses,
    /// What touchpoints are called.
    pub register: Arc<Register>,
}

/// What a pause means.
#[derive(Clone, Copy, Debug)]
pub struct Pauses {
    /// A longer one ends a session.
    pub session_gap_ms: i64,
    /// When a cart is idle, abandoned, expired.
    pub cart_timeouts: Timeouts,
}

/// All routes of this stage.
///
/// `now` is the clock.
pub fn routes(door: Door, questions: Questions, terms: Terms, now: fn() -> Timestamp) -> Vec<Route> {
    let Pauses { session_gap_ms, cart_timeouts } = terms.pauses;
    let naming = named::Naming::new(terms.register);
    let asking = questions::Asking { door, questions, session_gap_ms, cart_timeouts, naming, now };
    let mut routes = login::routes(&asking.door);
    routes.extend(questions::routes(&asking));
    routes.extend(saved_funnels::routes(&asking));
    routes.extend(shares::routes(&asking));
    routes.extend(privacy::routes(&asking.door));
    routes.extend(annotations::routes(&asking));
    routes.extend(settings::routes(&asking.door));
    routes.extend(assets::routes());
    routes
}
