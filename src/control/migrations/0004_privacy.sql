-- What a site takes of its visitors, and how many days it keeps events (0: for ever).
alter table sites add column preset text not null default 'default' check (preset in ('default', 'cnil'));
alter table sites add column retention_days integer not null default 0;
