//! When people shop: evenings more than nights, Sundays more than Fridays, by the clock of Warsaw.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// One hour in milliseconds.
pub(super) const HOUR_MS: i64 = 3_600_000;
/// One day of 24 hours in milliseconds.
pub(super) const DAY_MS: i64 = 24 * HOUR_MS;

/// How busy each hour of the day is, compared with the others.
const BY_HOUR: [f64; 24] = [
    14.0, 9.0, 7.0, 6.0, 7.0, 11.0, 22.0, 38.0, 50.0, 58.0, 62.0, 62.0, 64.0, 60.0, 56.0, 56.0, 58.0, 64.0, 74.0, 88.0,
    98.0, 94.0, 68.0, 34.0,
];
/// How busy each day of the week is, Monday first.
const BY_WEEKDAY: [f64; 7] = [1.04, 1.0, 0.98, 0.96, 0.88, 0.98, 1.16];

/// The shop's clock.
#[derive(Clone, Debug)]
pub(super) struct Rhythm(TimeZone);

impl Rhythm {
    /// Warsaw's time; on machines without a time zone database, Central European winter time.
    pub(super) fn warsaw() -> Self {
        Self(TimeZone::get("Europe/Warsaw").unwrap_or_else(|_| TimeZone::fixed(Offset::constant(1))))
    }

    /// The time zone of the shop.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.0
    }

    /// How busy the hour around this moment is, compared with an average hour (about 1).
    pub(super) fn busyness(&self, at_ms: i64) -> f64 {
        let local = self.0.to_datetime(moment(at_ms));
        let hour = usize::try_from(local.hour()).expect("hours run from 0 to 23");
        let weekday = usize::try_from(local.weekday().to_monday_zero_offset()).expect("weekdays run from 0 to 6");
        let mean = BY_HOUR.iter().sum::<f64>() / 24.0;
        BY_HOUR[hour] / mean * BY_WEEKDAY[weekday]
    }

    /// This moment, or the next morning if it falls into the night.
    pub(super) fn awake(&self, at_ms: i64) -> i64 {
        match self.0.to_datetime(moment(at_ms)).hour() {
            1..=6 => at_ms + 7 * HOUR_MS,
            _ => at_ms,
        }
    }
}

/// Milliseconds since 1970 as jiff's moment; the demo stays within the years that calendars know.
pub(super) fn moment(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).expect("the demo's times lie near the present")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn evenings_in_warsaw_are_busy_and_nights_are_not() {
        let rhythm = Rhythm::warsaw();
        let evening = rhythm.busyness(at("2026-11-18T19:30:00Z"));
        let night = rhythm.busyness(at("2026-11-18T02:30:00Z"));
        assert!(night * 8.0 < evening, "night {night}, evening {evening}");
        let week: f64 = (0..168).map(|hour| rhythm.busyness(at("2026-11-16T00:00:00Z") + hour * HOUR_MS)).sum();
        assert!((0.98..1.02).contains(&(week / 168.0)), "mean busyness {}", week / 168.0);
    }

    #[test]
    fn nobody_comes_back_in_the_small_hours() {
        let rhythm = Rhythm::warsaw();
        assert_eq!(rhythm.awake(at("2026-11-18T02:00:00Z")), at("2026-11-18T09:00:00Z"));
        assert_eq!(rhythm.awake(at("2026-11-18T18:00:00Z")), at("2026-11-18T18:00:00Z"));
    }
}
