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
        let zone = match self.time_zone {
            None => site.time_zone.clone(),
            Some(name) => TimeZone::get(name)
                .map_err(|_| bad("the time zone is not known; take a name such as Europe/Warsaw", "time_zone"))?,
        };
        let from = parse_moment(self.from, &zone, "from")?;
        let to = parse_moment(self.to, &zone, "to")?;
        let period = Period::new(from, to).ok_or_else(|| bad("`from` must be before `to`", "from"))?;
        Ok((period, zone))
    }
}

fn parse_moment(text: &str, zone: &TimeZone, field: &str) -> Result<Timestamp, ReportError> {
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
