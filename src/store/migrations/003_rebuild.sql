-- Which file this is: the nameplate beside it bears the same id. One row.
create table disk.identity (file_id varchar not null);

-- While a new file is being filled with what an earlier one held: up to which sequence. Empty otherwise.
create table disk.rebuild (to_sequence ubigint not null);

-- How the payload is encoded, so that it can be tried again.
alter table disk.failed_events add column kind utinyint default 1;
