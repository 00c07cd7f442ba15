//! When an event happened, as far as its sender can be believed.

use jiff::fmt::temporal::Pieces;

use super::json::Json;
use super::read;
use super::refusal::Refusal;
use super::wire::{Raw, WireObject};
use crate::domain::event::{Clock, EventTime, Sender};
use crate::domain::time::{DAY_MS, MINUTE_MS, Timestamp};

/// How far behind its arrival a browser's event may lie.
const BROWSER_AGE_MS_MAX: i64 = DAY_MS;
/// How far before its arrival any event may lie: clocks differ.
const AHEAD_MS_MAX: i64 = 10 * MINUTE_MS;

/// What is known about time before the events are read.
#[derive(Clone, Copy)]
pub(super) struct Arrived {
    /// When the request came in.
    pub(super) received_at: Timestamp,
    /// Who sent it.
    pub(super) sender: Sender,
    /// By how much the sender's clock runs ahead of ours, in ms; 0 where nobody said, or a server did.
    skew_ms: i64,
}

impl Arrived {
    /// Reads the sender's clock from `sent_at`, the time of sending.
    ///
    /// A server's clock is taken as it is: events of the past must come out the same however often they are sent.
    ///
    /// # Errors
    /// [`Refusal::BadTime`], when `sent_at` is no time.
    pub(super) fn new(received_at: Timestamp, sender: Sender, sent_at: Raw<'_>) -> Result<Self, Refusal> {
        let skew_ms = match (sender, sent_at) {
            (Sender::Browser, Some(sent_at)) => moment_ms(sent_at)?.saturating_sub(received_at.as_ms()),
            _ => 0,
        };
        Ok(Self { received_at, sender, skew_ms })
    }

    /// When `event` happened: `age_ms` before its arrival, else `occurred_at` corrected for the sender's clock,
    /// else now.
    ///
    /// # Errors
    /// [`Refusal::BadTime`] and [`Refusal::BadSequence`]. A time that can be read but not believed is no error:
    /// it is replaced by the time of arrival, and flagged.
    pub(super) fn event_time(self, event: &WireObject<'_>) -> Result<EventTime, Refusal> {
        let received_ms = self.received_at.as_ms();
        let claimed_ms = match (event.age_ms, event.occurred_at) {
            (Some(age_ms), _) => received_ms.saturating_sub(age(age_ms)?),
            (None, Some(occurred_at)) => moment_ms(occurred_at)?.saturating_sub(self.skew_ms),
            (None, None) => received_ms,
        };
        let earliest_ms = match self.sender {
            Sender::Browser => received_ms - BROWSER_AGE_MS_MAX,
            Sender::Server => 0,
        };
        let believed = (earliest_ms..=received_ms + AHEAD_MS_MAX).contains(&claimed_ms);
        let (occurred_at, clock) =
            if believed { (Timestamp::from_ms(claimed_ms), Clock::Kept) } else { (self.received_at, Clock::Replaced) };
        Ok(EventTime { occurred_at, clock, sender_sequence: sequence(event)? })
    }
}

fn sequence(event: &WireObject<'_>) -> Result<u32, Refusal> {
    let Some(raw) = event.sequence else { return Ok(0) };
    let number = read::whole_number(raw, Refusal::BadSequence)?;
    u32::try_from(number).map_err(|_| Refusal::BadSequence)
}

/// Milliseconds, perhaps with a fraction; at least 0.
fn age(raw: Json<'_>) -> Result<i64, Refusal> {
    let text = read::text_or_number(raw).map_err(|_| Refusal::BadTime)?;
    let ms: f64 = text.parse().map_err(|_| Refusal::BadTime)?;
    if ms.is_finite() && 0.0 <= ms { Ok(ms.round() as i64) } else { Err(Refusal::BadTime) }
}

/// Milliseconds since 1970 of RFC 3339 text or a number of milliseconds; the ends of `i64` stand for what lies
/// outside the calendar.
fn moment_ms(raw: Json<'_>) -> Result<i64, Refusal> {
    let text = read::text_or_number(raw).map_err(|_| Refusal::BadTime)?;
    if let Some(moment) = Timestamp::parse(&text) {
        return Ok(moment.as_ms());
    }
    if let Ok(ms) = text.parse::<f64>() {
        // Casting saturates, which is what the ends stand for.
        return if ms.is_finite() { Ok(ms.round() as i64) } else { Err(Refusal::BadTime) };
    }
    // The calendar of timestamps ends a day before the year 9999 does; that day is a time all the same.
    let pieces = Pieces::parse(&*text).map_err(|_| Refusal::BadTime)?;
    if pieces.time().is_some() && pieces.to_numeric_offset().is_some() { Ok(i64::MAX) } else { Err(Refusal::BadTime) }
}

#[cfg(test)]
mod tests {
    use super::super::json::{json, value};
    use super::*;

    const RECEIVED: &str = "2026-11-22T10:00:00Z";

    /// What becomes of `event`, sent by `sender` at `sent_at` of its own clock.
    #[track_caller]
    fn check(sender: Sender, sent_at: Option<&str>, event: &str, expected: Result<(&str, Clock), Refusal>) {
        let sent_at = sent_at.map(|text| format!("{text:?}"));
        let event = WireObject::read(json(event)).unwrap();
        let time = Arrived::new(Timestamp::parse(RECEIVED).unwrap(), sender, sent_at.as_deref().map(value))
            .and_then(|arrived| arrived.event_time(&event))
            .map(|time| (time.occurred_at.to_string(), time.clock));
        assert_eq!(time, expected.map(|(text, clock)| (text.to_owned(), clock)));
    }

    const NOW: Result<(&str, Clock), Refusal> = Ok(("2026-11-22T10:00:00.000Z", Clock::Replaced));

    #[test]
    fn a_browsers_clock_is_corrected() {
        use Sender::Browser;
        let ten_ago = Ok(("2026-11-22T09:50:00.000Z", Clock::Kept));
        check(Browser, None, r#"{"occurred_at":"2026-11-22T09:50:00Z"}"#, ten_ago);
        check(Browser, Some("2026-11-22T13:00:00Z"), r#"{"occurred_at":"2026-11-22T12:50:00Z"}"#, ten_ago);
        check(Browser, Some("2036-01-01T00:10:00Z"), r#"{"occurred_at":"2036-01-01T01:00:00+01:00"}"#, ten_ago);
        check(Browser, Some("2036-01-01T00:10:00Z"), r#"{"age_ms":600000}"#, ten_ago);
        check(Browser, None, r#"{"age_ms":599999.7,"occurred_at":"nonsense"}"#, ten_ago);
        check(Browser, None, r#"{"occurred_at":1795341000000}"#, ten_ago);
        check(Browser, None, "{}", Ok(("2026-11-22T10:00:00.000Z", Clock::Kept)));
        check(
            Browser,
            None,
            r#"{"occurred_at":"2026-11-22T10:10:00Z"}"#,
            Ok(("2026-11-22T10:10:00.000Z", Clock::Kept)),
        );
        check(Browser, None, r#"{"age_ms":86400000}"#, Ok(("2026-11-21T10:00:00.000Z", Clock::Kept)));
    }

    #[test]
    fn a_time_beyond_belief_is_replaced() {
        for event in [
            r#"{"age_ms":86400001}"#,
            r#"{"age_ms":1e300}"#,
            r#"{"occurred_at":"2026-11-22T10:10:00.001Z"}"#,
            r#"{"occurred_at":"1970-01-01T00:00:00Z"}"#,
            r#"{"occurred_at":"2027-11-22T10:00:00Z"}"#,
            r#"{"occurred_at":"9999-12-31T23:59:59.999Z"}"#,
            r#"{"occurred_at":9223372036854775808}"#,
            r#"{"occurred_at":-9223372036854775809}"#,
        ] {
            check(Sender::Browser, None, event, NOW);
        }
        check(Sender::Browser, Some("9999-12-31T23:59:59Z"), r#"{"occurred_at":"2026-11-22T10:00:00Z"}"#, NOW);
    }

    #[test]
    fn a_server_may_date_events_in_the_past() {
        use Sender::Server;
        let past = r#"{"occurred_at":"2019-02-03T04:05:06.789+01:00"}"#;
        check(Server, Some("2000-01-01T00:00:00Z"), past, Ok(("2019-02-03T03:05:06.789Z", Clock::Kept)));
        check(Server, None, r#"{"occurred_at":0}"#, Ok(("1970-01-01T00:00:00.000Z", Clock::Kept)));
        check(Server, None, r#"{"occurred_at":-1}"#, NOW);
        check(Server, None, r#"{"occurred_at":"2026-11-22T10:11:00Z"}"#, NOW);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for event in [
            r#"{"occurred_at":"yesterday"}"#,
            r#"{"occurred_at":"2026-11-22"}"#,
            r#"{"occurred_at":"2026-11-22T10:00:00"}"#,
            r#"{"occurred_at":"NaN"}"#,
            r#"{"occurred_at":1e999}"#,
            r#"{"occurred_at":[]}"#,
            r#"{"age_ms":-1}"#,
            r#"{"age_ms":"soon"}"#,
        ] {
            check(Sender::Browser, None, event, Err(Refusal::BadTime));
        }
        check(Sender::Browser, Some("noon"), "{}", Err(Refusal::BadTime));
        check(Sender::Browser, None, r#"{"sequence":-1}"#, Err(Refusal::BadSequence));
        check(Sender::Browser, None, r#"{"sequence":4294967296}"#, Err(Refusal::BadSequence));
    }
}
