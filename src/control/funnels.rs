//! Saved funnels: questions that a site keeps by name.

use rusqlite::{OptionalExtension, Row, Transaction, named_params};

use super::{Control, Deed, Error};
use crate::domain::id::SiteId;
use crate::domain::name::Label;

/// A site keeps at most so many.
pub const FUNNELS_PER_SITE_MAX: u32 = 200;

/// A saved funnel's number, by which it is changed and removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunnelId(pub u32);

/// A funnel that a site keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFunnel {
    /// Its number.
    pub id: FunnelId,
    /// What it is called; no other funnel of the site is.
    pub name: String,
    /// The question as the API takes it.
    pub question: String,
    /// Who made it, and when.
    pub created: Deed,
    /// Who changed it last, and when.
    pub changed: Deed,
}

/// What to write of a funnel; `None` leaves a part as it is.
#[derive(Clone, Debug)]
pub struct FunnelChange {
    /// Another name.
    pub name: Option<Label>,
    /// Another question, checked.
    pub question: Option<String>,
}

impl Control {
    /// The funnels of a site, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn list_funnels(&self, site: SiteId) -> Result<Vec<SavedFunnel>, Error> {
        self.0.database.read(|connection| {
            let mut statement = connection.prepare(FUNNELS)?;
            let funnels = statement.query_map(named_params! { "$site_id": site.0 }, read_funnel)?;
            Ok(funnels.collect::<Result<_, _>>()?)
        })
    }

    /// A funnel of a site; `None` when it has none of this number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn saved_funnel(&self, site: SiteId, id: FunnelId) -> Result<Option<SavedFunnel>, Error> {
        self.0.database.read(|connection| {
            let values = named_params! { "$site_id": site.0, "$id": id.0 };
            Ok(connection.query_row(FUNNEL, values, read_funnel).optional()?)
        })
    }

    /// Keeps a funnel; `None` when the site has too many.
    ///
    /// # Errors
    /// [`Error::Exists`] when the name is taken, [`Error::Database`], also when the site has been removed meanwhile.
    pub fn add_funnel(
        &self,
        site: SiteId,
        name: &Label,
        question: &str,
        by: &Deed,
    ) -> Result<Option<SavedFunnel>, Error> {
        self.0.database.write(|transaction| {
            demand_free(transaction, site, name, None)?;
            let values = named_params! { "$site_id": site.0 };
            let funnels: u32 = transaction.query_row(COUNT_FUNNELS, values, |row| row.get(0))?;
            if FUNNELS_PER_SITE_MAX <= funnels {
                return Ok(None);
            }
            let values = named_params! { "$site_id": site.0, "$name": name.as_str(), "$question": question,
            "$by": by.by, "$at_ms": by.at.as_ms() };
            Ok(Some(transaction.query_row(INSERT_FUNNEL, values, read_funnel)?))
        })
    }

    /// Changes a funnel; `None` when the site has none of this number.
    ///
    /// # Errors
    /// [`Error::Exists`] when the name is another funnel's, [`Error::Database`].
    pub fn change_funnel(
        &self,
        site: SiteId,
        id: FunnelId,
        change: &FunnelChange,
        by: &Deed,
    ) -> Result<Option<SavedFunnel>, Error> {
        self.0.database.write(|transaction| {
            if let Some(name) = &change.name {
                demand_free(transaction, site, name, Some(id))?;
            }
            let values = named_params! { "$site_id": site.0, "$id": id.0, "$question": change.question,
            "$name": change.name.as_ref().map(Label::as_str), "$by": by.by, "$at_ms": by.at.as_ms() };
            Ok(transaction.query_row(UPDATE_FUNNEL, values, read_funnel).optional()?)
        })
    }

    /// Forgets a funnel; `false` when the site has none of this number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn remove_funnel(&self, site: SiteId, id: FunnelId) -> Result<bool, Error> {
        self.0.database.write(|transaction| {
            Ok(0 < transaction.execute(DELETE_FUNNEL, named_params! { "$site_id": site.0, "$id": id.0 })?)
        })
    }
}

/// A name is one funnel's, but for the one that has it already.
fn demand_free(transaction: &Transaction<'_>, site: SiteId, name: &Label, own: Option<FunnelId>) -> Result<(), Error> {
    let values = named_params! { "$site_id": site.0, "$name": name.as_str() };
    let holder: Option<u32> = transaction.query_row(FUNNEL_BY_NAME, values, |row| row.get("id")).optional()?;
    if holder.is_some_and(|holder| own != Some(FunnelId(holder))) {
        return Err(Error::Exists { kind: "funnel", name: name.to_string() });
    }
    Ok(())
}

fn read_funnel(row: &Row<'_>) -> rusqlite::Result<SavedFunnel> {
    Ok(SavedFunnel {
        id: FunnelId(row.get("id")?),
        name: row.get("name")?,
        question: row.get("question")?,
        created: Deed::read(row, "created_by", "created_at_ms")?,
        changed: Deed::read(row, "changed_by", "changed_at_ms")?,
    })
}

const FUNNELS: &str = "
select id, name, question, created_by, created_at_ms, changed_by, changed_at_ms
from funnels
where site_id = $site_id
order by name";

const FUNNEL: &str = "
select id, name, question, created_by, created_at_ms, changed_by, changed_at_ms
from funnels
where site_id = $site_id and id = $id";

const FUNNEL_BY_NAME: &str = "
select id
from funnels
where site_id = $site_id and name = $name";

const COUNT_FUNNELS: &str = "
select count(*)
from funnels
where site_id = $site_id";

const INSERT_FUNNEL: &str = "
insert into funnels (site_id, name, question, created_by, created_at_ms, changed_by, changed_at_ms)
values ($site_id, $name, $question, $by, $at_ms, $by, $at_ms)
returning id, name, question, created_by, created_at_ms, changed_by, changed_at_ms";

const UPDATE_FUNNEL: &str = "
update funnels
set name = coalesce($name, name), question = coalesce($question, question), changed_by = $by, changed_at_ms = $at_ms
where site_id = $site_id and id = $id
returning id, name, question, created_by, created_at_ms, changed_by, changed_at_ms";

const DELETE_FUNNEL: &str = "
delete from funnels
where site_id = $site_id and id = $id";
