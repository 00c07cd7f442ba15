//! Date ranges as they are asked for: dates of the site's time zone, or moments.

use jiff::tz::TimeZone;

use super::error::{ReportError, bad};
use crate::control::Site;
use crate::domain::time::{Period, Timestamp};

/// `from` and `to` as texts: dates or RFC 3339; `from` included, `to` excluded.
pub(super) struct PeriodRequest<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) time_zone: Option<&'a str>,
}

impl PeriodRequest<'_> {
    /// The period, and the time zone in which its dates were read.
    pub(super) fn parse(&self, site: &Site) -> Result<(Period, TimeZone), ReportError> {
        let zone = parse_zone(self.time_zone, site)?;
        let from = parse_moment(self.from, &zone, "from")?;
        let to = parse_moment(self.to, &zone, "to")?;
        let period = Period::new(from, to).ok_or_else(|| bad("`from` must be before `to`", "from"))?;
        Ok((period, zone))
    }
}

/// Which days a question says it is about.
pub(super) struct DaysRequest<'a> {
    pub(super) from: Option<&'a str>,
    pub(super) to: Option<&'a str>,
    /// In place of both: the last so many days, today included.
    pub(super) last_days: Option<u16>,
    pub(super) time_zone: Option<&'a str>,
}

impl DaysRequest<'_> {
    /// The period, and the time zone in which its dates were read.
    pub(super) fn parse(&self, site: &Site, now: Timestamp) -> Result<(Period, TimeZone), ReportError> {
        let time_zone = self.time_zone;
        match (self.from, self.to, self.last_days) {
            (Some(from), Some(to), None) => PeriodRequest { from, to, time_zone }.parse(site),
            (None, None, Some(days)) => last_days(days, time_zone, site, now),
            _ => Err(bad("say `from` and `to`, or `last_days`", "from")),
        }
    }
}

/// At most so many days can be asked for by their number.
const LAST_DAYS_MAX: u16 = 3_660;

/// The last so many days of the time zone, the one of `now` included, and that time zone.
fn last_days(
    days: u16,
    time_zone: Option<&str>,
    site: &Site,
    now: Timestamp,
) -> Result<(Period, TimeZone), ReportError> {
    let zone = parse_zone(time_zone, site)?;
    if !(1..=LAST_DAYS_MAX).contains(&days) {
        return Err(bad("the last 1 to 3660 days can be asked for", "last_days"));
    }
    let day_from_today = |shift: i32| {
        let day = now.date_in(&zone)?.checked_add(jiff::Span::new().days(shift)).ok()?;
        Timestamp::start_of(day, &zone)
    };
    let period =
        day_from_today(1 - i32::from(days)).zip(day_from_today(1)).and_then(|(from, to)| Period::new(from, to));
    Ok((period.ok_or_else(|| bad("these days are too far away", "last_days"))?, zone))
}

/// The period of the same length before `period`: as many days of the time zone where it begins and ends with one.
pub(super) fn previous(period: Period, zone: &TimeZone) -> Option<Period> {
    let day_at =
        |moment: Timestamp| moment.date_in(zone).filter(|date| Timestamp::start_of(*date, zone) == Some(moment));
    let from = match day_at(period.from()).zip(day_at(period.to())) {
        Some((first, end)) => {
            let days = (end - first).get_days();
            Timestamp::start_of(first.checked_sub(jiff::Span::new().days(days)).ok()?, zone)?
        }
        None => period.from().plus_ms(period.from().as_ms() - period.to().as_ms()),
    };
    Period::new(from, period.from())
}

/// The time zone of this name, else the site's.
pub(super) fn parse_zone(time_zone: Option<&str>, site: &Site) -> Result<TimeZone, ReportError> {
    match time_zone {
        None => Ok(site.time_zone.clone()),
        Some(name) => TimeZone::get(name)
            .map_err(|_| bad("the time zone is not known; take a name such as Europe/Warsaw", "time_zone")),
    }
}

/// A date of `zone` or a moment, as it stands in `field`.
pub(super) fn parse_moment(text: &str, zone: &TimeZone, field: &str) -> Result<Timestamp, ReportError> {
    let moment = match text.parse::<jiff::civil::Date>() {
        Ok(date) if text.len() == "2026-11-22".len() => Timestamp::start_of(date, zone),
        _ => Timestamp::parse(text),
    };
    // Years in which every sum of a moment and a window is still a moment.
    let believable = Timestamp::parse("1970-01-01T00:00:00Z")..Timestamp::parse("3000-01-01T00:00:00Z");
    moment.filter(|moment| believable.contains(&Some(*moment))).ok_or_else(|| {
        bad("a date such as 2026-11-22 or a moment such as 2026-11-22T10:00:00Z, from 1970 to 2999", field)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SiteId;
    use crate::domain::money::Currency;
    use crate::domain::name::SiteKey;
    use crate::domain::privacy::Privacy;

    #[test]
    fn the_last_days_end_with_today_where_the_site_is() {
        let site = Site {
            id: SiteId(1),
            key: SiteKey::parse("shop").unwrap(),
            name: None,
            domains: Vec::new(),
            time_zone: TimeZone::get("Europe/Warsaw").unwrap(),
            currency: Currency::parse("EUR").unwrap(),
            privacy: Privacy::default(),
            excluded: Vec::new(),
        };
        // Half an hour into the day after the one on which the clock goes forward.
        let now = Timestamp::parse("2026-03-29T22:30:00Z").unwrap();
        let (period, zone) = last_days(2, None, &site, now).unwrap();
        assert_eq!(period.from().show_in(&zone), "2026-03-29T00:00:00+01:00");
        assert_eq!(period.to().show_in(&zone), "2026-03-31T00:00:00+02:00");
        let (today, _) = last_days(1, Some("UTC"), &site, now).unwrap();
        assert_eq!(today.from().to_string(), "2026-03-29T00:00:00.000Z");
        assert!(last_days(0, None, &site, now).is_err() && last_days(3_661, None, &site, now).is_err());
    }
}
