-- What a site is called on screens; without one, its key.
alter table sites add column name text;

-- From where a site counts nobody: addresses and networks, such as its own office.
create table excluded_networks (
    site_id integer not null references sites (id) on delete cascade,
    network text not null,
    position integer not null,
    primary key (site_id, network)
) strict, without rowid;

-- Notes on a site's days: "new checkout went live".
create table annotations (
    id integer primary key autoincrement,
    site_id integer not null references sites (id) on delete cascade,
    date text not null,
    text text not null,
    created_by text not null,
    created_at_ms integer not null,
    changed_by text not null,
    changed_at_ms integer not null
) strict;

create index annotations_by_site on annotations (site_id, date);

-- Links by which a user chooses a password, once. Who never did has '' for a hash, which no password has. At most one a
-- user: a new link voids the one before.
create table password_links (
    user_id integer primary key references users (id) on delete cascade,
    token_hash blob not null unique,
    expires_at_ms integer not null
) strict;
