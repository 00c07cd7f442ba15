//! HTTP in: a batch becomes events and refusals, and the events are on disk before their sender hears "accepted".
//!
//! **Promise.** 202 means on disk. A bad event never spoils a good one. Overload answers 429 or 503 with
//! `Retry-After` and keeps nothing; memory is bounded before anything is decoded. No address of a visitor and no
//! e-mail address in a URL reaches the disk.
//!
//! **Shape.** [`routes`] (`http.rs`) reads a body within limits (`body.rs`), finds the site and judges the sender
//! (`admission.rs`), charges the limits (`limits.rs`), turns JSON (`tape.rs`, `json.rs`, `wire.rs`) into events
//! (`parse.rs` and the files it names, all pure: bytes, time and keys in; events and refusals out) and appends one
//! record. The scripts that send events are served beside it (`scripts.rs`), packed when they were built
//! (`packed.rs`), at addresses that a shop may move (`paths.rs`).
//!
//! **Never.** It does not look up agents, places, channels or sessions: `load` does that, off the path. It never
//! echoes input, and logs none. It has no clock: [`Collector::now`] is given.
//!
//! **To change it**: a field on events is one line in `wire.rs`, its description in `described.rs` and its reading in
//! `parse.rs`; a reason to refuse is one line in `refusal.rs`. Then add a row to `tests/it/hostile/` or a file to
//! `tests/fixtures/wire/`.

mod address;
mod admission;
mod answer;
mod arrival;
mod body;
mod commerce;
mod described;
mod fetches;
mod http;
mod identity;
mod json;
mod kept;
mod limits;
mod origin;
mod packed;
mod params;
mod parse;
mod paths;
mod properties;
mod read;
mod refusal;
mod scripts;
mod tally;
mod tape;
mod time;
mod wire;

use std::sync::Arc;
use std::time::Duration;

pub use address::{PeerAddress, client_address};
pub use body::{BODY_BYTES_MAX, DECODED_BYTES_MAX};
pub use fetches::{Fetched, Fetches};
pub use http::{answer, routes};
pub use limits::{Limits, Quota, Quotas};
pub use parse::EVENTS_MAX;
pub use paths::{BadPath, Paths};
pub use refusal::Refusal;
pub use scripts::{Adapter, Script, Scripts, Tags};
pub use tally::{Counts, Shed, Tally};

use crate::control::Control;
use crate::domain::network::Network;
use crate::domain::time::Timestamp;
use crate::journal::Writer;

/// What collecting is told by the settings.
#[derive(Clone, Debug)]
pub struct Options {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// A body that is not here by then is answered 408.
    pub body_deadline: Duration,
    /// Where the snippet lies, and where it sends events to.
    pub paths: Paths,
}

/// Everything the collect stage works with; `server` builds one.
pub struct Collector {
    /// Sites, keys and the secrets of visitor ids.
    pub control: Control,
    /// Where accepted events go.
    pub journal: Writer,
    /// How much each sender may send.
    pub limits: Arc<Limits>,
    /// The settings.
    pub options: Options,
    /// The clock.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// What became of all events.
    pub tally: Arc<Tally>,
    /// Whose pages fetched the snippet.
    pub fetches: Arc<Fetches>,
}
