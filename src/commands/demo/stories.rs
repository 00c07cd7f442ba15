//! What an analyst should find out: payment broke on phones, and a newsletter brought people who did not buy.

use std::ops::Range;

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::chance::Dice;
use super::rhythm::{DAY_MS, HOUR_MS, Rhythm};
use super::visitors::Device;

/// When the two hidden stories happened. Milliseconds since 1970; the start belongs to a story, the end does not.
#[derive(Clone, Debug)]
pub struct Stories {
    /// A Friday, Saturday and Sunday in Warsaw on which hardly any payment on a phone went through.
    pub payment_outage: Range<i64>,
    /// The Wednesday in Warsaw on whose morning the newsletter went out.
    pub newsletter_day: Range<i64>,
}

impl Stories {
    /// How many visitors the newsletter brings, compared with those of a month.
    const NEWSLETTER_SHARE: f64 = 0.042;
    /// Minutes after midnight at which the newsletter is sent.
    const NEWSLETTER_SENT_MS: i64 = 7 * HOUR_MS;

    /// The stories of a shop that is looked at `now`: the newsletter 5 to 11 days ago, the outage 10 to 18.
    pub(super) fn before(now: Timestamp, rhythm: &Rhythm) -> Self {
        let today = rhythm.zone().to_datetime(now).date();
        let wednesday = last(Weekday::Wednesday, today.saturating_sub(5.days()));
        let friday = last(Weekday::Friday, today.saturating_sub(12.days()));
        let day_start = |date: Date| start_of(date, rhythm.zone());
        Self {
            payment_outage: day_start(friday)..day_start(friday.saturating_add(3.days())),
            newsletter_day: day_start(wednesday)..day_start(wednesday.saturating_add(1.day())),
        }
    }

    /// Whether a payment that should succeed does, at this moment on this device.
    pub(super) fn payment_works(&self, at_ms: i64, device: Device, dice: &mut Dice) -> bool {
        !(device == Device::Phone && self.payment_outage.contains(&at_ms)) || dice.happens(0.05)
    }

    /// When the newsletter's readers arrive at a shop with this many visitors a month: most within hours, some in the
    /// evening, all on that day.
    pub(super) fn newsletter_arrivals(&self, monthly_visitors: f64, dice: &mut Dice) -> Vec<i64> {
        let readers = (monthly_visitors * Self::NEWSLETTER_SHARE) as usize;
        let sent_at_ms = self.newsletter_day.start + Self::NEWSLETTER_SENT_MS;
        let latest_ms = DAY_MS - Self::NEWSLETTER_SENT_MS - 2 * HOUR_MS;
        std::iter::repeat_with(|| dice.around(2.2 * HOUR_MS as f64, 0.9) as i64)
            .filter(|&delay_ms| delay_ms < latest_ms)
            .take(readers)
            .map(|delay_ms| sent_at_ms + delay_ms)
            .collect()
    }
}

/// The latest such weekday up to `date`.
fn last(weekday: Weekday, date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().since(weekday)).days())
}

fn start_of(date: Date, zone: &TimeZone) -> i64 {
    let midnight = date.to_zoned(zone.clone()).expect("the demo's days lie near the present");
    midnight.timestamp().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::super::chance::Purpose;
    use super::*;

    #[test]
    fn stories_lie_on_whole_local_days_within_the_last_18() {
        for hour in 0..24 * 14 {
            let now = "2026-10-20T00:30:00Z".parse::<Timestamp>().unwrap() + hour.hours();
            let rhythm = Rhythm::warsaw();
            let stories = Stories::before(now, &rhythm);
            let age_days = |ms: i64| (now.as_millisecond() - ms) as f64 / DAY_MS as f64;
            assert!(age_days(stories.payment_outage.start) < 20.0 && 8.0 < age_days(stories.payment_outage.end));
            assert!(4.0 < age_days(stories.newsletter_day.end) && age_days(stories.newsletter_day.start) < 13.0);
            let outage_starts_at =
                rhythm.zone().to_datetime(super::super::rhythm::moment(stories.payment_outage.start));
            assert_eq!((outage_starts_at.weekday(), outage_starts_at.hour()), (Weekday::Friday, 0));
        }
    }

    #[test]
    fn readers_of_the_newsletter_come_on_its_day() {
        let stories = Stories::before("2026-11-22T16:00:00Z".parse().unwrap(), &Rhythm::warsaw());
        let arrivals = stories.newsletter_arrivals(20_000.0, &mut Dice::new(1, Purpose::Arrivals, 1));
        assert_eq!(arrivals.len(), 840);
        assert!(arrivals.iter().all(|at_ms| stories.newsletter_day.contains(at_ms)));
    }

    #[test]
    fn only_phones_fail_and_only_during_the_outage() {
        let stories = Stories::before("2026-11-22T16:00:00Z".parse().unwrap(), &Rhythm::warsaw());
        let mut dice = Dice::new(1, Purpose::Deeds, 1);
        let mut paid = |at_ms, device| (0..1_000).filter(|_| stories.payment_works(at_ms, device, &mut dice)).count();
        assert!(paid(stories.payment_outage.start, Device::Phone) < 100);
        assert_eq!(paid(stories.payment_outage.start, Device::Desktop), 1_000);
        assert_eq!(paid(stories.payment_outage.end, Device::Phone), 1_000);
    }
}
