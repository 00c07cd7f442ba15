(
    site uinteger not null,
    sequence ubigint not null,
    event_id uuid,
    reason varchar not null,
    payload blob not null,
    received_at timestamp not null,
    events uinteger not null,
    kind utinyint
)
