//! Moments, periods and local days. Everything is UTC to the millisecond; a time zone only says where days begin.

use std::fmt;
use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// One minute, in milliseconds.
pub const MINUTE_MS: i64 = 60_000;
/// One hour, in milliseconds.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// One day of 24 hours, in milliseconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many milliseconds after 1970 began.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970 began.
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// Takes RFC 3339 text with an offset, such as `2026-11-22T10:00:02.000Z`; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|moment| Self(moment.as_millisecond()))
    }

    /// The first moment of `date` in `zone`.
    pub fn start_of(date: Date, zone: &TimeZone) -> Option<Self> {
        let start = date.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
        Some(Self(start.timestamp().as_millisecond()))
    }

    /// The calendar date of this moment in `zone`; `None` outside the years that calendars know.
    pub fn date_in(self, zone: &TimeZone) -> Option<Date> {
        let moment = jiff::Timestamp::from_millisecond(self.0).ok()?;
        Some(zone.to_datetime(moment).date())
    }

    /// The moment written in `zone` with its offset, such as `2026-11-22T11:00:02+01:00`.
    pub fn show_in(self, zone: &TimeZone) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => moment.display_with_offset(zone.to_offset(moment)).to_string(),
            Err(_) => self.0.to_string(),
        }
    }

    /// This moment plus `ms` milliseconds.
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(formatter, "{moment:.3}"),
            Err(_) => write!(formatter, "{} ms", self.0),
        }
    }
}

/// A stretch of time: `from` belongs to it, `to` does not. Invariant: `from < to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: Timestamp,
    to: Timestamp,
}

impl Period {
    /// `None` when `from` is not before `to`.
    pub fn new(from: Timestamp, to: Timestamp) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// The first moment inside.
    pub fn from(self) -> Timestamp {
        self.from
    }

    /// The first moment after.
    pub fn to(self) -> Timestamp {
        self.to
    }

    /// All moments inside, in milliseconds.
    pub fn range_ms(self) -> Range<i64> {
        self.from.as_ms()..self.to.as_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_where_its_time_zone_says() {
        let warsaw = TimeZone::get("Europe/Warsaw").unwrap();
        let date: Date = "2026-10-25".parse().unwrap();
        let start = Timestamp::start_of(date, &warsaw).unwrap();
        let next = Timestamp::start_of(date.tomorrow().unwrap(), &warsaw).unwrap();
        assert_eq!(start.to_string(), "2026-10-24T22:00:00.000Z");
        assert_eq!(next.as_ms() - start.as_ms(), 25 * HOUR_MS);
        assert_eq!(start.date_in(&warsaw), Some(date));
        assert_eq!(start.show_in(&warsaw), "2026-10-25T00:00:00+02:00");
    }

    #[test]
    fn only_moments_with_an_offset_are_moments() {
        assert_eq!(Timestamp::parse("1970-01-01T00:00:01Z").unwrap().as_ms(), 1_000);
        assert_eq!(Timestamp::parse("1970-01-01T01:00:01+01:00").unwrap().as_ms(), 1_000);
        for bad in ["yesterday", "1970-01-01", "1970-01-01T00:00:00", "99999-01-01T00:00:00Z"] {
            assert_eq!(Timestamp::parse(bad), None, "{bad}");
        }
    }
}
