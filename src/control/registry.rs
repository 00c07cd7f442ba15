//! Sites and key hashes in memory.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::error::Error;
use super::excluded::read_networks;
use super::keys::{Grant, Scope};
use super::secret::SecretHash;
use super::sites::{Site, find_time_zone};
use crate::domain::id::SiteId;
use crate::domain::money::Currency;
use crate::domain::name::{Label, SiteKey};
use crate::domain::privacy::{Preset, Privacy};

/// All sites and keys at one moment.
pub(super) struct Registry {
    /// By number, so that lists have a stable order.
    pub(super) sites: Vec<Arc<Site>>,
    pub(super) by_key: HashMap<String, Arc<Site>>,
    pub(super) by_id: HashMap<SiteId, Arc<Site>>,
    pub(super) grants: HashMap<SecretHash, Grant>,
}

impl Registry {
    pub(super) fn read(connection: &Connection) -> Result<Self, Error> {
        let sites = read_sites(connection)?;
        let by_key = sites.iter().map(|site| (site.key.as_str().to_owned(), Arc::clone(site))).collect();
        let by_id = sites.iter().map(|site| (site.id, Arc::clone(site))).collect();
        let grants = read_grants(connection, &by_id)?;
        Ok(Self { sites, by_key, by_id, grants })
    }
}

const SITES: &str = "
select id, key, name, time_zone, currency, preset, retention_days
from sites
order by id";

fn read_sites(connection: &Connection) -> Result<Vec<Arc<Site>>, Error> {
    let mut domains = read_domains(connection)?;
    let mut excluded = read_networks(connection)?;
    let mut statement = connection.prepare(SITES)?;
    let mut rows = statement.query([])?;
    let mut sites = Vec::new();
    while let Some(row) = rows.next()? {
        let id = SiteId(row.get("id")?);
        let key: String = row.get("key")?;
        let time_zone: TimeZone = find_time_zone(&row.get::<_, String>("time_zone")?)?;
        let currency: String = row.get("currency")?;
        let preset: String = row.get("preset")?;
        sites.push(Arc::new(Site {
            id,
            key: SiteKey::parse(&key).map_err(|reason| damaged(&key, &reason.to_string()))?,
            name: row.get::<_, Option<String>>("name")?.as_deref().map(Label::from_stored),
            domains: domains.remove(&id).unwrap_or_default(),
            time_zone,
            currency: Currency::parse(&currency).ok_or_else(|| damaged(&key, "has an unknown currency"))?,
            privacy: Privacy {
                preset: Preset::parse(&preset).ok_or_else(|| damaged(&key, "has an unknown preset"))?,
                retention_days: row.get("retention_days")?,
            },
            excluded: excluded.remove(&id).unwrap_or_default(),
        }));
    }
    Ok(sites)
}

const DOMAINS: &str = "
select site_id, host
from domains
order by site_id, position";

fn read_domains(connection: &Connection) -> Result<HashMap<SiteId, Vec<String>>, Error> {
    let mut statement = connection.prepare(DOMAINS)?;
    let mut rows = statement.query([])?;
    let mut domains: HashMap<SiteId, Vec<String>> = HashMap::new();
    while let Some(row) = rows.next()? {
        domains.entry(SiteId(row.get("site_id")?)).or_default().push(row.get("host")?);
    }
    Ok(domains)
}

const GRANTS: &str = "
select secret_hash, site_id, scope
from keys";

fn read_grants(
    connection: &Connection,
    sites: &HashMap<SiteId, Arc<Site>>,
) -> Result<HashMap<SecretHash, Grant>, Error> {
    let mut statement = connection.prepare(GRANTS)?;
    let mut rows = statement.query([])?;
    let mut grants = HashMap::new();
    while let Some(row) = rows.next()? {
        let site = &sites[&SiteId(row.get("site_id")?)];
        let scope: Scope = row.get("scope")?;
        grants.insert(row.get("secret_hash")?, Grant { site: site.id, site_key: site.key.clone(), scope });
    }
    Ok(grants)
}

fn damaged(key: &str, reason: &str) -> Error {
    Error::Invalid(format!("site `{key}` in the control file {reason}; restore the file from a backup"))
}
