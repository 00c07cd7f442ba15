"""Counts drop-off a second time, in SQL, from a Parquet export of sessions, and prints it as JSON."""

import json
import sys

import duckdb

STAYS = """
with sessions as (
    select *, from_json(journey, '["varchar"]') as stays from read_parquet($path)
),
touched as (
    select distinct session_id, unnest(stays) as touchpoint from sessions
),
placed as (
    select sessions.*, touchpoint,
        len(stays) - list_position(list_reverse(stays), touchpoint) + 1 as last_place
    from touched join sessions using (session_id)
),
outcomes as (
    select *,
        stays[last_place + 1] as next_touchpoint,
        next_touchpoint is null and not converted and not in_progress as left_here
    from placed
)
"""

TOUCHPOINTS = STAYS + """
select touchpoint,
    count(*) as sessions,
    count(*) filter (where left_here) as exits,
    count(*) filter (where left_here and cart_value_minor <> '{}') as exits_with_cart,
    count(next_touchpoint) as went_on,
    count(*) filter (where next_touchpoint is null and converted) as ended_converted
from outcomes
group by touchpoint
"""

CONTINUATIONS = STAYS + """
select touchpoint, next_touchpoint, count(*)
from outcomes
where next_touchpoint is not null
group by all
"""

VALUES = STAYS + """
select touchpoint, currency, sum((cart_value_minor ->> currency)::bigint)::bigint
from (select *, unnest(json_keys(cart_value_minor)) as currency from outcomes where left_here)
group by all
"""

ALL = """
select count(*) as sessions, count(*) filter (where converted) as converted, sum(events)::bigint as events
from read_parquet($path)
where touchpoints > 0
"""


def rows(sql):
    found = duckdb.sql(sql, params={"path": sys.argv[1]})
    return [dict(zip(found.columns, row)) for row in found.fetchall()]


touchpoints = {row.pop("touchpoint"): row for row in rows(TOUCHPOINTS)}
for row in touchpoints.values():
    row.update(value_at_exit_minor={}, continuations={})
for touchpoint, currency, minor in duckdb.sql(VALUES, params={"path": sys.argv[1]}).fetchall():
    touchpoints[touchpoint]["value_at_exit_minor"][currency] = minor
for touchpoint, after, sessions in duckdb.sql(CONTINUATIONS, params={"path": sys.argv[1]}).fetchall():
    touchpoints[touchpoint]["continuations"][after] = sessions
print(json.dumps({"touchpoints": touchpoints, "total": rows(ALL)[0]}))
