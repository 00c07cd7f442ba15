//! When a row says something happened.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Reads a moment: RFC 3339 with an offset; date and time, or a date alone, in `zone`; or a number since 1970.
///
/// A local time that was skipped moves on by the gap, and one that came twice is the first of the two. A date is the
/// start of its day. Numbers are told apart by their length: 8 digits are a date such as 20261122, up to 11 are
/// seconds, up to 14 milliseconds, up to 17 microseconds. `None` for anything else.
pub(super) fn parse_moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let (digits, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if numeric(digits) && numeric(fraction) {
        return parse_number(digits, fraction, zone);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let local: DateTime = text.parse().ok()?;
    local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

fn parse_number(digits: &str, fraction: &str, zone: &TimeZone) -> Option<Timestamp> {
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        8 => {
            let date: Date = digits.parse().ok()?;
            date.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
        }
        ..=11 => {
            let thousandths: String = fraction.bytes().chain(*b"00").take(3).map(char::from).collect();
            Timestamp::from_millisecond(number * 1_000 + thousandths.parse::<i64>().ok()?).ok()
        }
        12..=14 => Timestamp::from_millisecond(number).ok(),
        15..=17 => Timestamp::from_microsecond(number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let zone = TimeZone::get("Europe/Warsaw").unwrap();
        let found = parse_moment(text, &zone).map(|moment| format!("{moment:.3}"));
        assert_eq!(found.as_deref().unwrap_or("none"), expected, "{text}");
    }

    #[test]
    fn moments_are_read_in_the_forms_that_shops_write() {
        check("2026-11-22T10:00:00+02:00", "2026-11-22T08:00:00.000Z");
        check("2026-11-22 10:00:00.25Z", "2026-11-22T10:00:00.250Z");
        check("2026-11-22 10:00:00+00", "2026-11-22T10:00:00.000Z");
        check(" 2026-11-22 10:00 ", "2026-11-22T09:00:00.000Z");
        check("2026-07-01", "2026-06-30T22:00:00.000Z");
        check("20260701", "2026-06-30T22:00:00.000Z");
        check("1795341600", "2026-11-22T10:00:00.000Z");
        check("1795341600.5", "2026-11-22T10:00:00.500Z");
        check("1795341600123", "2026-11-22T10:00:00.123Z");
        check("1795341600123456", "2026-11-22T10:00:00.123Z");
        for bad in ["", "yesterday", "22.11.2026", "11/22/2026", "10:00", "-5", "1e9", "2026-13-01", "20261301", "."] {
            check(bad, "none");
        }
        check(&"9".repeat(30), "none");
    }

    #[test]
    fn local_times_that_a_clock_change_skips_or_repeats_have_one_meaning() {
        check("2026-03-29 02:30:00", "2026-03-29T01:30:00.000Z");
        check("2026-10-25 02:30:00", "2026-10-25T00:30:00.000Z");
        check("2026-10-25 03:00:00", "2026-10-25T02:00:00.000Z");
    }
}
