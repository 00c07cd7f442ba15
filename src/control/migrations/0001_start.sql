-- Numbers are never reused (autoincrement): stored events carry them.
create table sites (
    id integer primary key autoincrement,
    key text not null unique,
    time_zone text not null,
    currency text not null
) strict;

create table domains (
    site_id integer not null references sites (id) on delete cascade,
    host text not null,
    position integer not null,
    primary key (site_id, host)
) strict, without rowid;

-- Of a secret only its SHA-256 is kept.
create table keys (
    id integer primary key autoincrement,
    site_id integer not null references sites (id) on delete cascade,
    scope text not null check (scope in ('collect', 'read', 'admin')),
    name text not null,
    secret_hash blob not null unique,
    created_at_ms integer not null default (cast(unixepoch('subsec') * 1000 as integer))
) strict;

create table users (
    id integer primary key autoincrement,
    email text not null unique,
    role text not null check (role in ('owner', 'editor', 'viewer')),
    password_hash text not null
) strict;

create table logins (
    token_hash blob primary key,
    user_id integer not null references users (id) on delete cascade,
    expires_at_ms integer not null
) strict, without rowid;

create index logins_by_user on logins (user_id, expires_at_ms);

-- At most one row: a new link voids the one before.
create table setup_tokens (
    token_hash blob primary key
) strict, without rowid;
