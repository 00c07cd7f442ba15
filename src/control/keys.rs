//! Keys: secrets by which servers send events and tools read reports of one site.

use std::fmt;

use rusqlite::named_params;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};

use super::sites::unknown;
use super::{Control, Error, secret};
use crate::domain::id::SiteId;
use crate::domain::name::SiteKey;
use crate::domain::time::Timestamp;

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Sending events, also dated in the past.
    Collect,
    /// Asking for reports and exports.
    Read,
    /// Reading, and changing what belongs to the site.
    Admin,
}

impl Scope {
    /// The scope of this name: `collect`, `read` or `admin`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Collect, Self::Read, Self::Admin].into_iter().find(|scope| scope.as_str() == text)
    }

    /// The name as the command line and keys spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }
}

impl FromSql for Scope {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

/// What the holder of a key may do, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The site's number.
    pub site: SiteId,
    /// The site's public name.
    pub site_key: SiteKey,
    /// What the key is good for.
    pub scope: Scope,
}

/// A key's number, by which it is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyId(pub u32);

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A key as lists show it: all but its secret, which is nowhere.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its number.
    pub id: KeyId,
    /// The site it belongs to.
    pub site: SiteKey,
    /// What it is good for.
    pub scope: Scope,
    /// What its owner calls it; may be empty.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A site's key as the control file holds it.
struct SiteKeyText(SiteKey);

impl FromSql for SiteKeyText {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        SiteKey::parse(value.as_str()?).map(Self).map_err(|reason| FromSqlError::Other(reason.into()))
    }
}

const NAME_CHARS_MAX: usize = 100;

/// A site has at most so many.
const KEYS_PER_SITE_MAX: u32 = 200;

/// `styk_collect_` and 43 characters; anything longer is no key, and not worth hashing.
const SECRET_BYTES_MAX: usize = 60;

impl Control {
    /// Makes a key and returns its secret, `styk_<scope>_<43 characters>`, which cannot be had again.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such site, [`Error::NotAllowed`] for a name that is too long or holds
    /// control characters, or when the site has too many keys, [`Error::Database`].
    pub fn add_key(&self, site: &SiteKey, scope: Scope, name: &str) -> Result<String, Error> {
        if NAME_CHARS_MAX < name.chars().count() || name.chars().any(char::is_control) {
            return Err(Error::not_allowed(
                ("bad_name", "name"),
                "key name is too long or has control characters",
                format!("write at most {NAME_CHARS_MAX} plain characters"),
            ));
        }
        let secret = format!("styk_{}_{}", scope.as_str(), secret::random_text());
        self.0.database.write_registry(|transaction| {
            let keys: u32 =
                transaction.query_row(COUNT_KEYS, named_params! { "$site": site.as_str() }, |row| row.get(0))?;
            if KEYS_PER_SITE_MAX <= keys {
                let what = format!("site `{site}` has {keys} keys");
                return Err(Error::not_allowed(("too_many_keys", ""), what, "revoke some first"));
            }
            let values = named_params! { "$site": site.as_str(), "$scope": scope.as_str(), "$name": name,
            "$secret_hash": secret::hash(&secret) };
            if transaction.execute(INSERT_KEY, values)? == 0 { Err(unknown(site)) } else { Ok(()) }
        })?;
        Ok(secret)
    }

    /// All keys, by site and age.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn list_keys(&self) -> Result<Vec<Key>, Error> {
        self.0.database.read(|connection| {
            let mut statement = connection.prepare(KEYS)?;
            let keys = statement.query_map([], |row| {
                Ok(Key {
                    id: KeyId(row.get("id")?),
                    site: row.get::<_, SiteKeyText>("site_key")?.0,
                    scope: row.get("scope")?,
                    name: row.get("name")?,
                    created_at: Timestamp::from_ms(row.get("created_at_ms")?),
                })
            })?;
            Ok(keys.collect::<Result<_, _>>()?)
        })
    }

    /// Makes a key useless, at once in this program and within a second in a running server.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such key, [`Error::Database`].
    pub fn revoke_key(&self, id: KeyId) -> Result<(), Error> {
        self.0.database.write_registry(|transaction| {
            let revoked = transaction.execute(DELETE_KEY, named_params! { "$id": id.0 })?;
            if revoked == 0 { Err(Error::Unknown { kind: "key", name: id.to_string() }) } else { Ok(()) }
        })
    }

    /// [`revoke_key`](Self::revoke_key) for a key of this site; `false` when the site has none of this number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn revoke_site_key(&self, site: SiteId, id: KeyId) -> Result<bool, Error> {
        self.0.database.write_registry(|transaction| {
            let values = named_params! { "$site_id": site.0, "$id": id.0 };
            Ok(0 < transaction.execute(DELETE_SITE_KEY, values)?)
        })
    }

    /// What the holder of `secret` may do, from memory; `None` when it is no key, or no longer one.
    ///
    /// The secret's hash is what is looked up, so the time taken says nothing about secrets that exist.
    pub fn grant(&self, secret: &str) -> Option<Grant> {
        if SECRET_BYTES_MAX < secret.len() {
            return None;
        }
        self.0.database.registry().grants.get(&secret::hash(secret)).cloned()
    }
}

const INSERT_KEY: &str = "
insert into keys (site_id, scope, name, secret_hash)
select id, $scope, $name, $secret_hash
from sites
where key = $site";

const KEYS: &str = "
select keys.id, sites.key as site_key, keys.scope, keys.name, keys.created_at_ms
from keys
join sites on sites.id = keys.site_id
order by keys.site_id, keys.id";

const COUNT_KEYS: &str = "
select count(*)
from keys
join sites on sites.id = keys.site_id
where sites.key = $site";

const DELETE_KEY: &str = "
delete from keys
where id = $id";

const DELETE_SITE_KEY: &str = "
delete from keys
where id = $id and site_id = $site_id";
