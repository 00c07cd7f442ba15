-- Events that were taken out again, because somebody was erased or the site keeps nothing so old.
alter table disk.totals add column removed ubigint default 0;
