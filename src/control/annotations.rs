//! Annotations: notes on a site's days, such as "new checkout went live".

use jiff::civil::Date;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{OptionalExtension, Row, named_params};

use super::{Control, Deed, Error};
use crate::domain::id::SiteId;
use crate::domain::name::Label;

/// A site has at most so many.
pub const ANNOTATIONS_PER_SITE_MAX: u32 = 1_000;

/// An annotation's number, by which it is changed and removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnnotationId(pub u32);

/// A note on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Its number.
    pub id: AnnotationId,
    /// The day, in the site's time zone.
    pub date: Date,
    /// What happened.
    pub text: String,
    /// Who wrote it, and when.
    pub created: Deed,
    /// Who changed it last, and when.
    pub changed: Deed,
}

/// What to write of an annotation; `None` leaves a part as it is.
#[derive(Clone, Debug)]
pub struct AnnotationChange {
    /// Another day.
    pub date: Option<Date>,
    /// Another text.
    pub text: Option<Label>,
}

impl Control {
    /// The annotations of a site, by day.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn list_annotations(&self, site: SiteId) -> Result<Vec<Annotation>, Error> {
        self.0.database.read(|connection| {
            let mut statement = connection.prepare(ANNOTATIONS)?;
            let annotations = statement.query_map(named_params! { "$site_id": site.0 }, read_annotation)?;
            Ok(annotations.collect::<Result<_, _>>()?)
        })
    }

    /// Writes an annotation; `None` when the site has too many.
    ///
    /// # Errors
    /// [`Error::Database`], also when the site has been removed meanwhile.
    pub fn add_annotation(
        &self,
        site: SiteId,
        date: Date,
        text: &Label,
        by: &Deed,
    ) -> Result<Option<Annotation>, Error> {
        self.0.database.write(|transaction| {
            let values = named_params! { "$site_id": site.0 };
            let annotations: u32 = transaction.query_row(COUNT_ANNOTATIONS, values, |row| row.get(0))?;
            if ANNOTATIONS_PER_SITE_MAX <= annotations {
                return Ok(None);
            }
            let values = named_params! { "$site_id": site.0, "$date": date.to_string(), "$text": text.as_str(),
            "$by": by.by, "$at_ms": by.at.as_ms() };
            Ok(Some(transaction.query_row(INSERT_ANNOTATION, values, read_annotation)?))
        })
    }

    /// Changes an annotation; `None` when the site has none of this number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn change_annotation(
        &self,
        site: SiteId,
        id: AnnotationId,
        change: &AnnotationChange,
        by: &Deed,
    ) -> Result<Option<Annotation>, Error> {
        self.0.database.write(|transaction| {
            let values = named_params! { "$site_id": site.0, "$id": id.0, "$date": change.date.map(|date| date.to_string()),
            "$text": change.text.as_ref().map(Label::as_str), "$by": by.by, "$at_ms": by.at.as_ms() };
            Ok(transaction.query_row(UPDATE_ANNOTATION, values, read_annotation).optional()?)
        })
    }

    /// Removes an annotation; `false` when the site has none of this number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn remove_annotation(&self, site: SiteId, id: AnnotationId) -> Result<bool, Error> {
        self.0.database.write(|transaction| {
            Ok(0 < transaction.execute(DELETE_ANNOTATION, named_params! { "$site_id": site.0, "$id": id.0 })?)
        })
    }
}

/// A day as the control file holds it.
struct DateText(Date);

impl FromSql for DateText {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(|error: jiff::Error| FromSqlError::Other(error.into()))
    }
}

fn read_annotation(row: &Row<'_>) -> rusqlite::Result<Annotation> {
    Ok(Annotation {
        id: AnnotationId(row.get("id")?),
        date: row.get::<_, DateText>("date")?.0,
        text: row.get("text")?,
        created: Deed::read(row, "created_by", "created_at_ms")?,
        changed: Deed::read(row, "changed_by", "changed_at_ms")?,
    })
}

const ANNOTATIONS: &str = "
select id, date, text, created_by, created_at_ms, changed_by, changed_at_ms
from annotations
where site_id = $site_id
order by date, id";

const COUNT_ANNOTATIONS: &str = "
select count(*)
from annotations
where site_id = $site_id";

const INSERT_ANNOTATION: &str = "
insert into annotations (site_id, date, text, created_by, created_at_ms, changed_by, changed_at_ms)
values ($site_id, $date, $text, $by, $at_ms, $by, $at_ms)
returning id, date, text, created_by, created_at_ms, changed_by, changed_at_ms";

const UPDATE_ANNOTATION: &str = "
update annotations
set date = coalesce($date, date), text = coalesce($text, text), changed_by = $by, changed_at_ms = $at_ms
where site_id = $site_id and id = $id
returning id, date, text, created_by, created_at_ms, changed_by, changed_at_ms";

const DELETE_ANNOTATION: &str = "
delete from annotations
where site_id = $site_id and id = $id";
