//! Stored events, as the matchers need them.

/// One stored event that may fill at least one step.
///
/// The rows of one unit are contiguous and ascend in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// Whose event it is. Two neighbouring rows with different numbers belong to different units.
    pub unit: u64,
    /// When it happened, in milliseconds since 1970 (UTC).
    pub at_ms: i64,
    /// Bit k-1: it may fill step k. Bit 0 is set only if the event may open an attempt, that is, if it
    /// lies in the period and passes the entry filter. Bits past the last step are ignored.
    pub steps: u32,
    /// Code of its value of the breakdown.
    pub breakdown: u32,
    /// Its amount, in minor units of `currency`.
    pub amount_minor: i64,
    /// Code of the currency; [`NO_CURRENCY`] if the event carries no amount.
    pub currency: u32,
}

/// The currency code of an event without an amount.
pub const NO_CURRENCY: u32 = 0;

/// One stored event, as the refinements need it.
///
/// The rows of one unit are contiguous and ascend in time; in order `strict`, simultaneous ones as they were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Whose it is, what it may fill, and what it carries.
    pub step: StepRow,
    /// Which event it is. One that carries several held values has a row for each, and these are neighbours.
    pub event: u64,
    /// The value it carries of what is held constant, as a number. With [`NOT_HELD`] it fills no step.
    pub held: u64,
    /// Bit k-1: it ends an attempt whose last filled step is k. In order `any` each bit ends every attempt.
    pub ends: u32,
    /// Order `strict` looks past it.
    pub passive: bool,
}

/// The held value of an event that has none.
pub const NOT_HELD: u64 = 0;
