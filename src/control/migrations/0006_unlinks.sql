-- Links between a visitor and a customer that were undone; without a customer, each of the visitor's. Facts: they stand
-- until they are taken back, and are listed afterwards. Of those who are erased none is kept.
create table unlinks (
    id integer primary key autoincrement,
    site_id integer not null references sites (id) on delete cascade,
    visitor integer not null,
    customer text,
    made_at_ms integer not null,
    made_by text not null,
    taken_back_at_ms integer,
    taken_back_by text
) strict;

create index unlinks_by_visitor on unlinks (site_id, visitor, id);
