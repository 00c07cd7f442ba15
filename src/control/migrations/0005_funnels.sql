-- Funnels that a site keeps by name. The question is the API's, as it was checked when it was saved.
create table funnels (
    id integer primary key autoincrement,
    site_id integer not null references sites (id) on delete cascade,
    name text not null,
    question text not null,
    created_by text not null,
    created_at_ms integer not null,
    changed_by text not null,
    changed_at_ms integer not null,
    unique (site_id, name)
) strict;
