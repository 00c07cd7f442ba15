//! From where a site counts nobody: addresses and networks, such as those of the people who work on the shop.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, named_params};

use super::Error;
use crate::domain::id::SiteId;
use crate::domain::network::Network;

const NETWORKS_MAX: usize = 100;
const PLACE: (&str, &str) = ("bad_address", "excluded_addresses");

/// Takes the addresses and networks that a shop wrote down: no repeats, in the order given.
///
/// # Errors
/// [`Error::NotAllowed`], naming the first that is none, or when there are too many.
pub(super) fn parse_networks(texts: &[String]) -> Result<Vec<Network>, Error> {
    let mut networks = Vec::new();
    for text in texts {
        let network = Network::parse(text).ok_or_else(|| {
            let what = format!("`{text}` is no address");
            Error::not_allowed(PLACE, what, "write one such as 203.0.113.7, or a network such as 203.0.113.0/24")
        })?;
        if network.spans_the_world() {
            let what = format!("`{text}` is a part of the world");
            return Err(Error::not_allowed(PLACE, what, "leave out at most a /8 of IPv4, or a /16 of IPv6"));
        }
        if !networks.contains(&network) {
            networks.push(network);
        }
    }
    if NETWORKS_MAX < networks.len() {
        let what = format!("{} addresses", networks.len());
        return Err(Error::not_allowed(PLACE, what, format!("at most {NETWORKS_MAX} are allowed")));
    }
    Ok(networks)
}

const NETWORKS: &str = "
select site_id, network
from excluded_networks
order by site_id, position";

/// Those of all sites, each in the order given.
pub(super) fn read_networks(connection: &Connection) -> Result<HashMap<SiteId, Vec<Network>>, Error> {
    let mut statement = connection.prepare(NETWORKS)?;
    let mut rows = statement.query([])?;
    let mut networks: HashMap<SiteId, Vec<Network>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get("network")?;
        let network = Network::parse(&text)
            .ok_or_else(|| Error::Invalid(format!("`{text}` in the control file is no address; restore the file")))?;
        networks.entry(SiteId(row.get("site_id")?)).or_default().push(network);
    }
    Ok(networks)
}

const DELETE_NETWORKS: &str = "
delete from excluded_networks
where site_id = $site_id";

const INSERT_NETWORK: &str = "
insert into excluded_networks (site_id, network, position)
values ($site_id, $network, $position)";

/// Puts them in place of those the site had.
pub(super) fn insert_networks(transaction: &Transaction<'_>, site_id: i64, networks: &[Network]) -> Result<(), Error> {
    transaction.execute(DELETE_NETWORKS, named_params! { "$site_id": site_id })?;
    for (position, network) in (1i64..).zip(networks) {
        let values = named_params! { "$site_id": site_id, "$network": network.to_string(), "$position": position };
        transaction.execute(INSERT_NETWORK, values)?;
    }
    Ok(())
}
