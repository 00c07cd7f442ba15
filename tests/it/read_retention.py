"""Counts weekly retention in a Parquet export with DuckDB's SQL, and prints the cells of each cohort as JSON.

The weeks are those of 2024-10-21 to 2024-11-25 in UTC; nothing after 2024-12-20 12:00 is looked at.
"""

import json
import sys

import duckdb

path, unit, cohort, returning = sys.argv[1:]
WEEKS, CELLS, FIRST = 5, 5, "date '2024-10-21'"

duckdb.sql(f"create table rows as select * from read_parquet('{path}') where occurred_at <= '2024-12-20 12:00:00'")
duckdb.sql("""
    create table people as
    select visitor, max_by(customer, (occurred_at, sequence)) as customer from rows group by visitor
""")
person = "visitor::varchar" if unit == "visitor" else "people.customer"
duckdb.sql(f"""
    create table owned as
    select {person} as person, rows.* exclude (customer)
    from rows join people using (visitor)
""")
acts = {
    "visit": "select distinct person, visitor, session_number as number, session_started_at as moment from owned where person is not null",
    "order": """
        select min_by(person, (occurred_at, sequence)) filter (person is not null) as person,
            0 as visitor, 0 as number, min(occurred_at) as moment
        from owned where event = 'purchase' group by coalesce(transaction_id, event_id::varchar)
        having count(person) <> 0
    """,
}
cells = duckdb.sql(f"""
    with firsts as (
        select person, min(moment) as first_moment, datediff('week', {FIRST}, date_trunc('week', min(moment))::date) as week
        from ({acts["visit" if cohort == "first_visit" else "order"]}) group by person
    )
    select week, datediff('week', {FIRST}, date_trunc('week', moment)::date) - week as after, count(distinct person)
    from firsts join ({acts[returning]}) using (person)
    where moment >= first_moment and week between 0 and {WEEKS - 1}
    group by all
""").fetchall()
counted = {(week, after): people for week, after, people in cells}
begun = duckdb.sql(f"select datediff('week', {FIRST}, date '2024-12-20') + 1").fetchone()[0]
print(json.dumps([[counted.get((w, a), 0) for a in range(min(CELLS, begun - w))] for w in range(WEEKS)]))
