-- What became of each site's accepted events, up to the position in `progress`. Site 0 stands for events whose site
-- nobody could read.
create table disk.totals (
    site uinteger not null,
    accepted ubigint not null,
    loaded ubigint not null,
    duplicate ubigint not null,
    quarantined ubigint not null,
    missing ubigint not null
);

-- A record that does not decode is one row, and may have held several events.
alter table disk.failed_events add column events uinteger default 1;
