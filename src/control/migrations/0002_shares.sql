-- Links that show one report without signing in. Of a token only its SHA-256 is kept.
create table shares (
    id integer primary key autoincrement,
    site_id integer not null references sites (id) on delete cascade,
    token_hash blob not null unique,
    name text not null,
    report text not null,
    question text not null,
    created_at_ms integer not null,
    expires_at_ms integer not null
) strict;

create index shares_by_site on shares (site_id, expires_at_ms);
