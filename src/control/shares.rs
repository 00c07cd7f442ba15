//! Shares: links by which somebody without a login sees one report, whose question is frozen in them.

use rusqlite::{OptionalExtension, Row, named_params};

use super::{Control, Error, secret};
use crate::domain::id::SiteId;
use crate::domain::time::{DAY_MS, Timestamp};

/// The longest life of a share, in days.
pub const SHARE_DAYS_MAX: u16 = 365;

/// What every token begins with, which tells it from a key.
pub const SHARE_PREFIX: &str = "styk_share_";

/// A site has at most so many shares that are not over.
const SHARES_PER_SITE_MAX: u32 = 1_000;

/// `styk_share_` and 43 characters; anything longer is no token, and not worth hashing.
const TOKEN_BYTES_MAX: usize = 60;

/// A share's number, by which it is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareId(pub u32);

/// A share as lists show it: all but its token, which is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its number.
    pub id: ShareId,
    /// The site it shows.
    pub site: SiteId,
    /// What it shows.
    pub frozen: FrozenReport,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// What a share shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenReport {
    /// What its maker calls it; may be empty.
    pub name: String,
    /// The report's name in the API.
    pub report: String,
    /// The report's question as the API takes it.
    pub question: String,
}

impl Control {
    /// Makes a share and returns it with its token, `styk_share_<43 characters>`, which cannot be had again; `None`
    /// when the site has too many. It lives for `days`, at least one and at most [`SHARE_DAYS_MAX`].
    ///
    /// # Errors
    /// [`Error::Database`], also when the site has been removed meanwhile.
    pub fn add_share(
        &self,
        site: SiteId,
        frozen: FrozenReport,
        days: u16,
        now: Timestamp,
    ) -> Result<Option<(Share, String)>, Error> {
        let token = format!("{SHARE_PREFIX}{}", secret::random_text());
        let expires_at = now.plus_ms(i64::from(days.clamp(1, SHARE_DAYS_MAX)) * DAY_MS);
        self.0.database.write(|transaction| {
            transaction.execute(DELETE_EXPIRED, named_params! { "$now_ms": now.as_ms() })?;
            let values = named_params! { "$site_id": site.0 };
            let shares: u32 = transaction.query_row(COUNT_SHARES, values, |row| row.get(0))?;
            if SHARES_PER_SITE_MAX <= shares {
                return Ok(None);
            }
            let values = named_params! { "$site_id": site.0, "$token_hash": secret::hash(&token), "$name": frozen.name,
            "$report": frozen.report, "$question": frozen.question, "$created_at_ms": now.as_ms(),
            "$expires_at_ms": expires_at.as_ms() };
            Ok(Some((transaction.query_row(INSERT_SHARE, values, read_share)?, token)))
        })
    }

    /// The shares of a site that are not over, oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn list_shares(&self, site: SiteId, now: Timestamp) -> Result<Vec<Share>, Error> {
        self.0.database.read(|connection| {
            let mut statement = connection.prepare(SHARES)?;
            let shares =
                statement.query_map(named_params! { "$site_id": site.0, "$now_ms": now.as_ms() }, read_share)?;
            Ok(shares.collect::<Result<_, _>>()?)
        })
    }

    /// Makes a share of this site useless at once; `false` when the site has none of this number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn revoke_share(&self, site: SiteId, id: ShareId) -> Result<bool, Error> {
        self.0.database.write(|transaction| {
            Ok(0 < transaction.execute(DELETE_SHARE, named_params! { "$site_id": site.0, "$id": id.0 })?)
        })
    }

    /// The share of this token; `None` when there is none, or it is over or revoked.
    ///
    /// The token's hash is what is looked up, so the time taken says nothing about tokens that exist.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn share(&self, token: &str, now: Timestamp) -> Result<Option<Share>, Error> {
        if TOKEN_BYTES_MAX < token.len() {
            return Ok(None);
        }
        self.0.database.read(|connection| {
            let values = named_params! { "$token_hash": secret::hash(token), "$now_ms": now.as_ms() };
            let mut statement = connection.prepare_cached(SHARE_BY_TOKEN)?;
            Ok(statement.query_row(values, read_share).optional()?)
        })
    }
}

fn read_share(row: &Row<'_>) -> rusqlite::Result<Share> {
    Ok(Share {
        id: ShareId(row.get("id")?),
        site: SiteId(row.get("site_id")?),
        frozen: FrozenReport { name: row.get("name")?, report: row.get("report")?, question: row.get("question")? },
        created_at: Timestamp::from_ms(row.get("created_at_ms")?),
        expires_at: Timestamp::from_ms(row.get("expires_at_ms")?),
    })
}

const INSERT_SHARE: &str = "
insert into shares (site_id, token_hash, name, report, question, created_at_ms, expires_at_ms)
values ($site_id, $token_hash, $name, $report, $question, $created_at_ms, $expires_at_ms)
returning id, site_id, name, report, question, created_at_ms, expires_at_ms";

const COUNT_SHARES: &str = "
select count(*)
from shares
where site_id = $site_id";

const SHARES: &str = "
select id, site_id, name, report, question, created_at_ms, expires_at_ms
from shares
where site_id = $site_id and $now_ms < expires_at_ms
order by id";

const SHARE_BY_TOKEN: &str = "
select id, site_id, name, report, question, created_at_ms, expires_at_ms
from shares
where token_hash = $token_hash and $now_ms < expires_at_ms";

const DELETE_SHARE: &str = "
delete from shares
where site_id = $site_id and id = $id";

const DELETE_EXPIRED: &str = "
delete from shares
where expires_at_ms <= $now_ms";
