-- Who was erased, and what that removed. Kept when the site is removed: what comes back from a backup of the journal or
-- the archive is dropped by these. Of a customer only a keyed hash is kept, of a visitor the number that events carry.
create table erasures (
    id integer primary key autoincrement,
    site_id integer not null,
    customer_mark blob,
    before_sequence integer not null,
    asked_at_ms integer not null,
    asked_by text not null,
    finished_at_ms integer,
    receipt text not null
) strict;

create index erasures_by_site on erasures (site_id, id);

create table erased_visitors (
    erasure_id integer not null references erasures (id),
    visitor integer not null,
    primary key (erasure_id, visitor)
) strict, without rowid;
