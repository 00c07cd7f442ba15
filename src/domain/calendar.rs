//! Hours, days, weeks and months as the calendar of a time zone has them.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::time::{HOUR_MS, Period, Timestamp};

/// A stretch of time that people count in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarUnit {
    /// From one full hour to the next.
    Hour,
    /// From midnight to midnight: 23 to 25 hours.
    Day,
    /// From Monday to Sunday.
    Week,
    /// From the first to the last.
    Month,
}

/// What of one calendar unit lies in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The first moment inside.
    pub from: Timestamp,
    /// The first moment after.
    pub to: Timestamp,
    /// Whether the whole unit lies in the period.
    pub whole: bool,
}

impl CalendarUnit {
    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Hour, Self::Day, Self::Week, Self::Month].into_iter().find(|unit| unit.as_str() == text)
    }

    /// The buckets of `period` in `zone`, which follow each other without a gap; `None` if there are more than `most`, or
    /// the period is outside the years that calendars know.
    pub fn buckets(self, period: Period, zone: &TimeZone, most: usize) -> Option<Vec<Bucket>> {
        let mut buckets = Vec::new();
        let (mut from, mut next) = self.around(period.from(), zone)?;
        while from < period.to() {
            if buckets.len() == most {
                return None;
            }
            let (inside, end) = (from.max(period.from()), next.min(period.to()));
            buckets.push(Bucket { from: inside, to: end, whole: inside == from && end == next });
            (from, next) = (next, self.around(next, zone)?.1);
        }
        Some(buckets)
    }

    /// The unit that `moment` lies in: its first moment, and that of the next.
    fn around(self, moment: Timestamp, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let date = moment.date_in(zone)?;
        let (first, length) = match self {
            Self::Hour => {
                let local_ms = moment.as_ms() + i64::from(offset_seconds(moment, zone)?) * 1_000;
                let from = moment.plus_ms(-local_ms.rem_euclid(HOUR_MS));
                return Some((from, from.plus_ms(HOUR_MS)));
            }
            Self::Day => (date, jiff::Span::new().days(1)),
            Self::Week => {
                let since_monday = i64::from(date.weekday().to_monday_zero_offset());
                (date.checked_sub(jiff::Span::new().days(since_monday)).ok()?, jiff::Span::new().weeks(1))
            }
            Self::Month => (date.first_of_month(), jiff::Span::new().months(1)),
        };
        let next: Date = first.checked_add(length).ok()?;
        Some((Timestamp::start_of(first, zone)?, Timestamp::start_of(next, zone)?))
    }
}

/// In which of these buckets, which follow each other, a moment lies; `None` for one after the last.
pub fn index_of(buckets: &[Bucket], at_ms: i64) -> Option<usize> {
    let index = buckets.partition_point(|bucket| bucket.to.as_ms() <= at_ms);
    (index < buckets.len()).then_some(index)
}

fn offset_seconds(moment: Timestamp, zone: &TimeZone) -> Option<i32> {
    let moment = jiff::Timestamp::from_millisecond(moment.as_ms()).ok()?;
    Some(zone.to_offset(moment).seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginnings of the buckets, and a `…` where one is cut off.
    #[track_caller]
    fn check(unit: CalendarUnit, from: &str, to: &str, expected: &[&str]) {
        let zone = TimeZone::get("Europe/Warsaw").unwrap();
        let moment = |text: &str| Timestamp::parse(text).unwrap();
        let period = Period::new(moment(from), moment(to)).unwrap();
        let buckets = unit.buckets(period, &zone, 30).unwrap();
        let shown: Vec<String> = buckets
            .iter()
            .map(|bucket| format!("{}{}", bucket.from.show_in(&zone), if bucket.whole { "" } else { " …" }))
            .collect();
        assert_eq!(shown, expected);
        assert_eq!((buckets[0].from, buckets.last().unwrap().to), (period.from(), period.to()));
        assert!(buckets.windows(2).all(|pair| pair[0].to == pair[1].from), "no gap");
    }

    #[test]
    fn days_weeks_and_months_are_those_of_the_time_zone() {
        check(
            CalendarUnit::Day,
            "2026-10-24T10:00:00Z",
            "2026-10-26T23:00:00Z",
            &["2026-10-24T12:00:00+02:00 …", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"],
        );
        check(
            CalendarUnit::Week,
            "2026-10-18T22:00:00Z",
            "2026-10-30T00:00:00Z",
            &["2026-10-19T00:00:00+02:00", "2026-10-26T00:00:00+01:00 …"],
        );
        check(
            CalendarUnit::Month,
            "2026-09-30T22:00:00Z",
            "2026-11-30T23:00:00Z",
            &["2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00"],
        );
    }

    #[test]
    fn the_hour_that_comes_twice_is_two_hours() {
        check(
            CalendarUnit::Hour,
            "2026-10-25T00:30:00Z",
            "2026-10-25T03:00:00Z",
            &["2026-10-25T02:30:00+02:00 …", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"],
        );
    }

    #[test]
    fn too_many_buckets_are_none() {
        let period = Period::new(Timestamp::from_ms(0), Timestamp::from_ms(100 * HOUR_MS)).unwrap();
        assert_eq!(CalendarUnit::Hour.buckets(period, &TimeZone::UTC, 99), None);
        assert_eq!(CalendarUnit::Hour.buckets(period, &TimeZone::UTC, 100).map(|buckets| buckets.len()), Some(100));
    }
}
