//! Unlinks: that a visitor is not a customer after all, whatever its events say; who said so, and who took it back.

use rusqlite::{Connection, Row, named_params};

use super::{Control, ErasureId, Error};
use crate::domain::id::{SiteId, VisitorId};
use crate::domain::link::Unlink;
use crate::domain::name::Label;
use crate::domain::removal::{CustomerMark, CustomerMarks};
use crate::domain::time::Timestamp;

/// So many may stand on a site; each is a part of every question.
const STANDING_MAX: usize = 1_000;
/// So many of one visitor are listed, newest first.
const LISTED_MAX: u32 = 200;

/// A fact about a visitor, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlinkFact {
    /// What was undone.
    pub unlink: Unlink,
    /// When.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: String,
    /// When it was taken back, and by whom; `None` while it stands.
    pub taken_back: Option<(Timestamp, String)>,
}

/// Who does something, and when.
#[derive(Clone, Copy, Debug)]
pub struct Doer<'a> {
    /// Who, for the record.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}

impl Control {
    /// Writes down that these links are undone; those that are already change nothing. `false` when too many stand on
    /// the site, and then none is written down.
    ///
    /// # Errors
    /// [`Error::Database`], also when the site has been removed meanwhile.
    pub fn add_unlinks(&self, unlinks: &[Unlink], doer: Doer<'_>) -> Result<bool, Error> {
        self.0.database.write(|transaction| {
            for unlink in unlinks {
                let values = named_params! { "$site_id": unlink.site.0 };
                let standing: usize = transaction.query_row(COUNT_STANDING, values, |row| row.get(0))?;
                if STANDING_MAX < standing + unlinks.len() {
                    return Ok(false);
                }
            }
            for Unlink { site, visitor, customer } in unlinks {
                let values = named_params! { "$site_id": site.0, "$visitor": visitor.0.cast_signed(),
                "$customer": customer.as_ref().map(Label::as_str), "$made_at_ms": doer.at.as_ms(), "$made_by": doer.by };
                transaction.execute(INSERT, values)?;
            }
            Ok(true)
        })
    }

    /// Takes back what was said of a visitor and this customer; without a customer, all that was said of the visitor.
    /// Gives how much that was.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn take_back_unlinks(&self, unlinks: &[Unlink], doer: Doer<'_>) -> Result<usize, Error> {
        self.0.database.write(|transaction| {
            let mut taken_back = 0;
            for Unlink { site, visitor, customer } in unlinks {
                let values = named_params! { "$site_id": site.0, "$visitor": visitor.0.cast_signed(),
                "$customer": customer.as_ref().map(Label::as_str), "$at_ms": doer.at.as_ms(), "$by": doer.by };
                taken_back += transaction.execute(TAKE_BACK, values)?;
            }
            Ok(taken_back)
        })
    }

    /// What was said of a visitor, newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn list_unlinks(&self, site: SiteId, visitor: VisitorId) -> Result<Vec<UnlinkFact>, Error> {
        let values =
            named_params! { "$site_id": site.0, "$visitor": visitor.0.cast_signed(), "$listed_max": LISTED_MAX };
        self.0.database.read(|connection| read_facts(connection, OF_VISITOR, values))
    }

    /// All links that are undone, of every site.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn standing_unlinks(&self) -> Result<Vec<Unlink>, Error> {
        let facts = self.0.database.read(|connection| read_facts(connection, STANDING, &[]))?;
        Ok(facts.into_iter().map(|fact| fact.unlink).collect())
    }
}

/// Keeps nothing of those whom an erasure names: by their numbers, and by the customer's mark.
pub(super) fn forget_erased(connection: &Connection, id: ErasureId, marks: &CustomerMarks) -> Result<(), Error> {
    connection.execute(DELETE_ERASED, named_params! { "$erasure_id": id.0 })?;
    let (site, mark): (u32, Option<[u8; 32]>) =
        connection.query_row(WHOM, named_params! { "$erasure_id": id.0 }, |row| {
            Ok((row.get("site_id")?, row.get("customer_mark")?))
        })?;
    let Some(erased) = mark.map(CustomerMark) else { return Ok(()) };
    let named = read_facts(connection, NAMED, named_params! { "$erasure_id": id.0 })?;
    let customers = named.into_iter().filter_map(|fact| fact.unlink.customer);
    for customer in customers.filter(|customer| marks.mark(SiteId(site), customer.as_str()) == erased) {
        let values = named_params! { "$erasure_id": id.0, "$customer": customer.as_str() };
        connection.execute(DELETE_NAMED, values)?;
    }
    Ok(())
}

fn read_facts(
    connection: &Connection,
    sql: &str,
    values: &[(&str, &dyn rusqlite::ToSql)],
) -> Result<Vec<UnlinkFact>, Error> {
    let mut statement = connection.prepare(sql)?;
    let facts = statement.query_map(values, read_fact)?;
    Ok(facts.collect::<Result<_, _>>()?)
}

fn read_fact(row: &Row<'_>) -> rusqlite::Result<UnlinkFact> {
    let taken_back_at: Option<i64> = row.get("taken_back_at_ms")?;
    let taken_back_by: Option<String> = row.get("taken_back_by")?;
    Ok(UnlinkFact {
        unlink: Unlink {
            site: SiteId(row.get("site_id")?),
            visitor: VisitorId(row.get::<_, i64>("visitor")?.cast_unsigned()),
            customer: row.get::<_, Option<String>>("customer")?.map(|customer| Label::from_stored(&customer)),
        },
        made_at: Timestamp::from_ms(row.get("made_at_ms")?),
        made_by: row.get("made_by")?,
        taken_back: taken_back_at.map(Timestamp::from_ms).zip(taken_back_by),
    })
}

const INSERT: &str = "
insert into unlinks (site_id, visitor, customer, made_at_ms, made_by)
select $site_id, $visitor, $customer, $made_at_ms, $made_by
where not exists (
    select * from unlinks
    where site_id = $site_id and visitor = $visitor and customer is $customer and taken_back_at_ms is null
)";

const TAKE_BACK: &str = "
update unlinks
set taken_back_at_ms = $at_ms,
    taken_back_by = $by
where site_id = $site_id and visitor = $visitor and taken_back_at_ms is null
    and ($customer is null or customer = $customer)";

const COUNT_STANDING: &str = "
select count(*)
from unlinks
where site_id = $site_id and taken_back_at_ms is null";

const OF_VISITOR: &str = "
select site_id, visitor, customer, made_at_ms, made_by, taken_back_at_ms, taken_back_by
from unlinks
where site_id = $site_id and visitor = $visitor
order by id desc
limit $listed_max";

const STANDING: &str = "
select site_id, visitor, customer, made_at_ms, made_by, taken_back_at_ms, taken_back_by
from unlinks
where taken_back_at_ms is null
order by id";

const WHOM: &str = "
select site_id, customer_mark
from erasures
where id = $erasure_id";

const NAMED: &str = "
select unlinks.site_id, visitor, customer, made_at_ms, made_by, taken_back_at_ms, taken_back_by
from unlinks
join erasures on erasures.id = $erasure_id and erasures.site_id = unlinks.site_id
where customer is not null and made_at_ms <= asked_at_ms
order by unlinks.id";

const DELETE_ERASED: &str = "
delete from unlinks
where exists (
    select *
    from erasures
    join erased_visitors on erasure_id = erasures.id
    where erasures.id = $erasure_id and erasures.site_id = unlinks.site_id
        and erased_visitors.visitor = unlinks.visitor and made_at_ms <= asked_at_ms
)";

const DELETE_NAMED: &str = "
delete from unlinks
where customer = $customer and exists (
    select *
    from erasures
    where erasures.id = $erasure_id and erasures.site_id = unlinks.site_id and made_at_ms <= asked_at_ms
)";
