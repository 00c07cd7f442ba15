-- The tables of the in-memory database: the newest rows, and a copy of all texts. Lost with the process,
-- made again from the journal.
create table progress (next_sequence ubigint not null, received_through timestamp not null);
create table texts (code uinteger not null, text varchar not null);
-- A table of new rows holds everything from its first sequence on, up to where the next one begins.
create table recents (generation uinteger not null, from_sequence ubigint not null);
