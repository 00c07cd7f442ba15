//! Erasures: who is to be gone from a site, and the receipt that says what was removed from where.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::unlinks::forget_erased;
use super::{Control, Error, FILE, salt};
use crate::domain::id::{SiteId, VisitorId};
use crate::domain::removal::{CustomerMark, CustomerMarks, Removals};
use crate::domain::time::Timestamp;

/// So many erasures may wait to be done; more are refused.
const UNFINISHED_MAX: u32 = 1_000;
/// A customer has at most so many visitors; the rest would be an abuse of the field.
const VISITORS_MAX: usize = 10_000;
/// So many receipts are listed, newest first.
const LISTED_MAX: u32 = 200;

/// An erasure's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasureId(pub u32);

/// Who is to be gone.
#[derive(Clone, Debug)]
pub struct NewErasure {
    /// Where.
    pub site: SiteId,
    /// The visitors that are known to be meant.
    pub visitors: Vec<VisitorId>,
    /// The customer whose visitors are meant, also those that are found later.
    pub customer: Option<CustomerMark>,
    /// Events from this sequence on stay.
    pub before_sequence: u64,
    /// Who asked.
    pub asked_by: String,
}

/// An erasure and how far it is.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// Its number.
    pub id: ErasureId,
    /// Who is to be gone from where, and who asked.
    pub asked: NewErasure,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When nothing was left; `None` until then.
    pub finished_at: Option<Timestamp>,
    /// What was found so far, as the load wrote it.
    pub receipt: String,
}

impl Erasure {
    /// What is to be gone by it.
    pub fn add_to(&self, removals: &mut Removals) {
        let NewErasure { site, before_sequence, .. } = self.asked;
        self.asked.visitors.iter().for_each(|visitor| removals.add_visitor(site, *visitor, before_sequence));
        if let Some(customer) = self.asked.customer {
            removals.add_customer(site, customer, before_sequence);
        }
    }
}

impl Control {
    /// Makes the marks by which erased customers are known again.
    pub fn customer_marks(&self) -> CustomerMarks {
        CustomerMarks::new(self.0.salts.secret())
    }

    /// Writes an erasure down; it is in force from then on. `None` when too many wait.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Invalid`] for a customer of far too many visitors.
    pub fn add_erasure(&self, asked: &NewErasure, now: Timestamp) -> Result<Option<ErasureId>, Error> {
        if VISITORS_MAX < asked.visitors.len() {
            return Err(Error::Invalid(format!(
                "this customer has {} visitors, and at most {VISITORS_MAX} can be erased at once; erase them by visitor",
                asked.visitors.len()
            )));
        }
        self.0.database.write(|transaction| {
            let waiting: u32 = transaction.query_row(COUNT_UNFINISHED, [], |row| row.get(0))?;
            if UNFINISHED_MAX <= waiting {
                return Ok(None);
            }
            let values = named_params! { "$site_id": asked.site.0,
            "$customer_mark": asked.customer.map(|mark| mark.0.to_vec()),
            "$before_sequence": asked.before_sequence.cast_signed(), "$asked_at_ms": now.as_ms(),
            "$asked_by": asked.asked_by };
            let id: u32 = transaction.query_row(INSERT, values, |row| row.get(0))?;
            insert_visitors(transaction, ErasureId(id), &asked.visitors)?;
            Ok(Some(ErasureId(id)))
        })
    }

    /// Adds visitors that turned out to be meant too.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn add_erased_visitors(&self, id: ErasureId, visitors: &[VisitorId]) -> Result<(), Error> {
        self.0.database.write(|transaction| insert_visitors(transaction, id, visitors))
    }

    /// Writes down what was found so far; `finished_at` says that nothing is left, here neither.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn set_erasure_receipt(
        &self,
        id: ErasureId,
        receipt: &str,
        finished_at: Option<Timestamp>,
    ) -> Result<(), Error> {
        let finished_at_ms = finished_at.map(Timestamp::as_ms);
        self.0.database.write(|transaction| {
            let values = named_params! { "$id": id.0, "$receipt": receipt, "$finished_at_ms": finished_at_ms };
            transaction.execute(UPDATE, values)?;
            if finished_at.is_some() {
                forget_erased(transaction, id, &self.customer_marks())?;
            }
            Ok(())
        })
    }

    /// Takes over, to be done again, what the control file of `data_dir` holds beyond this one, which must be an earlier
    /// state of it; gives how many. Events from `next_sequence` on are not those that were erased there, and stay.
    ///
    /// # Errors
    /// [`Error::Invalid`], when the two are not of one data directory; [`Error::Database`].
    pub fn take_erasures_of(&self, data_dir: &Path, next_sequence: u64) -> Result<usize, Error> {
        if salt::read_secret(data_dir)?.as_ref() != Some(self.0.salts.secret()) {
            let message = format!("`{}` is no later state of this data: its secret is another", data_dir.display());
            return Err(Error::Invalid(message));
        }
        let file = data_dir.join(FILE);
        self.0.database.read(|connection| {
            connection.execute("attach database ?1 as later", [file.to_string_lossy()])?;
            let transaction = connection.unchecked_transaction()?;
            let known: u32 = transaction.query_row(NEWEST, [], |row| row.get(0))?;
            let values = named_params! { "$known": known, "$next_sequence": next_sequence.cast_signed() };
            let taken = transaction.execute(TAKE_LATER, values)?;
            transaction.execute(TAKE_VISITORS_OF_LATER, named_params! { "$known": known })?;
            transaction.commit()?;
            connection.execute("detach database later", [])?;
            Ok(taken)
        })
    }

    /// All erasures that were ever asked for, oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn all_erasures(&self) -> Result<Vec<Erasure>, Error> {
        self.0.database.read(|connection| read_erasures(connection, ALL, &[]))
    }

    /// Those that are not done yet, oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn waiting_erasures(&self) -> Result<Vec<Erasure>, Error> {
        self.0.database.read(|connection| read_erasures(connection, WAITING, &[]))
    }

    /// The newest erasures of a site, newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn list_erasures(&self, site: SiteId) -> Result<Vec<Erasure>, Error> {
        let values = named_params! { "$site_id": site.0, "$listed_max": LISTED_MAX };
        self.0.database.read(|connection| read_erasures(connection, OF_SITE, values))
    }

    /// An erasure of a site; `None` when it has none of this number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn erasure(&self, site: SiteId, id: ErasureId) -> Result<Option<Erasure>, Error> {
        self.0.database.read(|connection| {
            let values = named_params! { "$site_id": site.0, "$id": id.0 };
            let erasure = connection.query_row(ONE, values, read_erasure).optional()?;
            erasure.map(|erasure| with_visitors(connection, erasure)).transpose()
        })
    }
}

fn insert_visitors(connection: &Connection, id: ErasureId, visitors: &[VisitorId]) -> Result<(), Error> {
    for visitor in visitors {
        connection.execute(INSERT_VISITOR, named_params! { "$id": id.0, "$visitor": visitor.0.cast_signed() })?;
    }
    Ok(())
}

fn read_erasures(
    connection: &Connection,
    sql: &str,
    values: &[(&str, &dyn rusqlite::ToSql)],
) -> Result<Vec<Erasure>, Error> {
    let mut statement = connection.prepare(sql)?;
    let erasures: Vec<Erasure> = statement.query_map(values, read_erasure)?.collect::<Result<_, _>>()?;
    erasures.into_iter().map(|erasure| with_visitors(connection, erasure)).collect()
}

fn with_visitors(connection: &Connection, mut erasure: Erasure) -> Result<Erasure, Error> {
    let mut statement = connection.prepare_cached(VISITORS)?;
    let visitors = statement.query_map(named_params! { "$id": erasure.id.0 }, |row| row.get::<_, i64>(0))?;
    for visitor in visitors {
        erasure.asked.visitors.push(VisitorId(visitor?.cast_unsigned()));
    }
    Ok(erasure)
}

/// Without its visitors, which are in a table of their own.
fn read_erasure(row: &Row<'_>) -> rusqlite::Result<Erasure> {
    Ok(Erasure {
        id: ErasureId(row.get("id")?),
        asked: NewErasure {
            site: SiteId(row.get("site_id")?),
            visitors: Vec::new(),
            customer: row.get::<_, Option<[u8; 32]>>("customer_mark")?.map(CustomerMark),
            before_sequence: row.get::<_, i64>("before_sequence")?.cast_unsigned(),
            asked_by: row.get("asked_by")?,
        },
        asked_at: Timestamp::from_ms(row.get("asked_at_ms")?),
        finished_at: row.get::<_, Option<i64>>("finished_at_ms")?.map(Timestamp::from_ms),
        receipt: row.get("receipt")?,
    })
}

const INSERT: &str = "
insert into erasures (site_id, customer_mark, before_sequence, asked_at_ms, asked_by, receipt)
values ($site_id, $customer_mark, $before_sequence, $asked_at_ms, $asked_by, '{}')
returning id";

const INSERT_VISITOR: &str = "
insert into erased_visitors (erasure_id, visitor)
values ($id, $visitor)
on conflict do nothing";

const UPDATE: &str = "
update erasures
set receipt = $receipt,
    finished_at_ms = $finished_at_ms
where id = $id";

const COUNT_UNFINISHED: &str = "
select count(*)
from erasures
where finished_at_ms is null";

const ALL: &str = "
select id, site_id, customer_mark, before_sequence, asked_at_ms, asked_by, finished_at_ms, receipt
from erasures
order by id";

const WAITING: &str = "
select id, site_id, customer_mark, before_sequence, asked_at_ms, asked_by, finished_at_ms, receipt
from erasures
where finished_at_ms is null
order by id";

const OF_SITE: &str = "
select id, site_id, customer_mark, before_sequence, asked_at_ms, asked_by, finished_at_ms, receipt
from erasures
where site_id = $site_id
order by id desc
limit $listed_max";

const ONE: &str = "
select id, site_id, customer_mark, before_sequence, asked_at_ms, asked_by, finished_at_ms, receipt
from erasures
where site_id = $site_id and id = $id";

const NEWEST: &str = "
select coalesce(max(id), 0)
from main.erasures";

const TAKE_LATER: &str = "
insert into main.erasures (id, site_id, customer_mark, before_sequence, asked_at_ms, asked_by, receipt)
select id, site_id, customer_mark, min(before_sequence, $next_sequence), asked_at_ms, asked_by, '{}'
from later.erasures
where $known < id";

const TAKE_VISITORS_OF_LATER: &str = "
insert into main.erased_visitors (erasure_id, visitor)
select erasure_id, visitor
from later.erased_visitors
where $known < erasure_id";

const VISITORS: &str = "
select visitor
from erased_visitors
where erasure_id = $id
order by visitor";
