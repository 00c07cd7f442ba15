//! Sites: the shops that are tracked.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::tz::TimeZone;
use rusqlite::{OptionalExtension, Transaction, named_params};

use super::domains::parse_domains;
use super::excluded::{insert_networks, parse_networks};
use super::{Control, Error};
use crate::domain::id::SiteId;
use crate::domain::money::Currency;
use crate::domain::name::{Label, SiteKey};
use crate::domain::network::Network;
use crate::domain::privacy::{Preset, Privacy};

/// One tracked shop.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its number, which stored events carry; never given to another site.
    pub id: SiteId,
    /// Its public name.
    pub key: SiteKey,
    /// What people call it.
    pub name: Option<Label>,
    /// The hosts its pages are on, as browsers send them: lower case, no scheme, no port. 1 to 50.
    pub domains: Vec<String>,
    /// Where its days begin; always one of the IANA database.
    pub time_zone: TimeZone,
    /// What its reports are in, unless asked otherwise.
    pub currency: Currency,
    /// What it may know of its visitors, and for how long.
    pub privacy: Privacy,
    /// From where it counts nobody; at most 100.
    pub excluded: Vec<Network>,
}

/// The longest name of a site, in characters.
const NAME_CHARS_MAX: usize = 100;

impl Site {
    /// Its name, or else its key.
    pub fn shown_name(&self) -> &str {
        self.name.as_ref().map_or(self.key.as_str(), Label::as_str)
    }

    /// Whether it counts nobody who comes from `address`.
    pub fn excludes(&self, address: IpAddr) -> bool {
        self.excluded.iter().any(|network| network.contains(address))
    }

    /// The IANA name of its time zone, such as `Europe/Warsaw`.
    pub fn time_zone_name(&self) -> &str {
        self.time_zone.iana_name().expect("time zones of sites come from the IANA database")
    }
}

/// A site to be, with domains and time zone as its owner wrote them.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// Its public name.
    pub key: SiteKey,
    /// Host names; see [`Site::domains`].
    pub domains: Vec<String>,
    /// An IANA name, such as `Europe/Warsaw`.
    pub time_zone: String,
    /// What its reports are in.
    pub currency: Currency,
}

/// What to change about a site; `None` leaves a part as it is.
#[derive(Clone, Debug, Default)]
pub struct SiteChange {
    /// What people call it; empty: by its key again.
    pub name: Option<String>,
    /// All host names, in place of those it had.
    pub domains: Option<Vec<String>>,
    /// An IANA name.
    pub time_zone: Option<String>,
    /// What its reports are in.
    pub currency: Option<Currency>,
    /// What it takes of its visitors.
    pub preset: Option<Preset>,
    /// How many days events are kept; 0 for ever.
    pub retention_days: Option<u16>,
    /// All addresses and networks from where nobody counts, in place of those it had.
    pub excluded: Option<Vec<String>>,
}

impl Control {
    /// The site of this key, from memory.
    pub fn site(&self, key: &str) -> Option<Arc<Site>> {
        self.0.database.registry().by_key.get(key).cloned()
    }

    /// The site of this number, from memory.
    pub fn site_by_id(&self, id: SiteId) -> Option<Arc<Site>> {
        self.0.database.registry().by_id.get(&id).cloned()
    }

    /// All sites in the order they were added, from memory.
    pub fn sites(&self) -> Vec<Arc<Site>> {
        self.0.database.registry().sites.clone()
    }

    /// Adds a site.
    ///
    /// # Errors
    /// [`Error::Exists`] when the key is taken, [`Error::NotAllowed`] for a domain or time zone that is none,
    /// [`Error::Database`].
    pub fn add_site(&self, site: NewSite) -> Result<Arc<Site>, Error> {
        let domains = parse_domains(&site.domains)?;
        let time_zone = parse_time_zone(&site.time_zone)?;
        let id = self.0.database.write_registry(|transaction| {
            let values = named_params! { "$key": site.key.as_str(), "$time_zone": time_zone,
            "$currency": site.currency.as_str() };
            if transaction.execute(INSERT_SITE, values)? == 0 {
                return Err(Error::Exists { kind: "site", name: site.key.to_string() });
            }
            let id = transaction.last_insert_rowid();
            insert_domains(transaction, id, &domains)?;
            Ok(SiteId(u32::try_from(id).expect("sites are added by hand, so their numbers stay small")))
        })?;
        self.site_by_id(id).ok_or_else(|| unknown(&site.key))
    }

    /// Changes a site.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none of this key, [`Error::NotAllowed`] for a name, domain, time zone or
    /// address that is none, [`Error::Database`].
    pub fn set_site(&self, key: &SiteKey, change: SiteChange) -> Result<(), Error> {
        let domains = change.domains.map(|domains| parse_domains(&domains)).transpose()?;
        let time_zone = change.time_zone.map(|time_zone| parse_time_zone(&time_zone)).transpose()?;
        let name = change.name.map(|name| parse_name(&name)).transpose()?;
        let excluded = change.excluded.map(|networks| parse_networks(&networks)).transpose()?;
        self.0.database.write_registry(|transaction| {
            let values = named_params! { "$key": key.as_str(), "$name": name, "$time_zone": time_zone,
            "$currency": change.currency.map(|currency| currency.as_str().to_owned()),
            "$preset": change.preset.map(Preset::as_str), "$retention_days": change.retention_days };
            let id = transaction.query_row(UPDATE_SITE, values, |row| row.get("id")).optional()?;
            let id: i64 = id.ok_or_else(|| unknown(key))?;
            if let Some(domains) = domains {
                transaction.execute(DELETE_DOMAINS, named_params! { "$site_id": id })?;
                insert_domains(transaction, id, &domains)?;
            }
            if let Some(networks) = excluded {
                insert_networks(transaction, id, &networks)?;
            }
            Ok(())
        })
    }

    /// Removes a site and its keys. Its events stay where they are, out of everybody's reach.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none of this key, [`Error::Database`].
    pub fn remove_site(&self, key: &SiteKey) -> Result<(), Error> {
        self.0.database.write_registry(|transaction| {
            let removed = transaction.execute(DELETE_SITE, named_params! { "$key": key.as_str() })?;
            if removed == 0 { Err(unknown(key)) } else { Ok(()) }
        })
    }
}

const INSERT_SITE: &str = "
insert into sites (key, time_zone, currency)
values ($key, $time_zone, $currency)
on conflict do nothing";

const UPDATE_SITE: &str = "
update sites
set name = nullif(coalesce($name, name), ''),
    time_zone = coalesce($time_zone, time_zone),
    currency = coalesce($currency, currency),
    preset = coalesce($preset, preset),
    retention_days = coalesce($retention_days, retention_days)
where key = $key
returning id";

const DELETE_SITE: &str = "
delete from sites
where key = $key";

const INSERT_DOMAIN: &str = "
insert into domains (site_id, host, position)
values ($site_id, $host, $position)";

const DELETE_DOMAINS: &str = "
delete from domains
where site_id = $site_id";

fn insert_domains(transaction: &Transaction<'_>, site_id: i64, domains: &[String]) -> Result<(), Error> {
    for (position, host) in (1i64..).zip(domains) {
        let values = named_params! { "$site_id": site_id, "$host": host, "$position": position };
        transaction.execute(INSERT_DOMAIN, values)?;
    }
    Ok(())
}

/// A name as it is stored; an empty one is none.
fn parse_name(text: &str) -> Result<String, Error> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    let name = Label::parse(text).ok().filter(|name| name.as_str().chars().count() <= NAME_CHARS_MAX);
    let remedy = || format!("write at most {NAME_CHARS_MAX} characters, none of them a control character");
    let wrong = || Error::not_allowed(("bad_name", "name"), "the name is too long or has control characters", remedy());
    name.map(|name| name.to_string()).ok_or_else(wrong)
}

/// The canonical name of the time zone that `text` names.
fn parse_time_zone(text: &str) -> Result<String, Error> {
    let time_zone = find_time_zone(text)?;
    Ok(time_zone.iana_name().unwrap_or(text).to_owned())
}

pub(super) fn find_time_zone(name: &str) -> Result<TimeZone, Error> {
    let found = TimeZone::get(name.trim()).ok().filter(|time_zone| time_zone.iana_name().is_some());
    found.ok_or_else(|| {
        Error::not_allowed(
            ("bad_time_zone", "time_zone"),
            format!("time zone `{name}` is not known here"),
            "write an IANA name such as `Europe/Warsaw` or `UTC`, and install the system's `tzdata` if that is missing",
        )
    })
}

pub(super) fn unknown(key: &SiteKey) -> Error {
    Error::Unknown { kind: "site", name: key.to_string() }
}
