-- The tables of the attached file. Runs of events (`run_1`, `run_2`, …) are made by flushes and merges.

-- How far the journal is loaded into this file, and what must then be in it. One row.
create table disk.progress (
    next_sequence ubigint not null,
    rows_total ubigint not null,
    received_through timestamp not null
);
insert into disk.progress values (0, 0, timestamp '1970-01-01');

-- The runs that count. A table that is not named here does not exist for readers.
create table disk.manifest (
    run uinteger not null,
    events ubigint not null,
    received_from timestamp not null,
    received_through timestamp not null
);

-- Every text that rows name by number: event names, pages, channels, devices. Code 0 is "none".
create table disk.texts (code uinteger not null, text varchar not null);

-- Events that could not be loaded, with the reason.
create table disk.failed_events (
    site uinteger not null,
    sequence ubigint not null,
    event_id uuid,
    reason varchar not null,
    payload blob not null,
    received_at timestamp not null
);
