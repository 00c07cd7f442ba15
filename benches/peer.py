"""ClickHouse's engine (`chdb` of PyPI) answers the questions of `answers.rs` from the rows that Styk exported.

    peer.py FOLDER      FOLDER/rows holds one Parquet file a site; FOLDER/chdb is filled the first time

Prints lines with `#` about itself, and a line a question: its name, CPU milliseconds of the quietest of some rounds
with all threads, and a number that both must find.
"""

import pathlib
import resource
import shutil
import sys

import chdb
from chdb import session

ROUNDS = 7
WINDOW_SECONDS = 7 * 86_400
STEPS = ", ".join(f"event = '{name}'" for name in ["view_item", "add_to_cart", "begin_checkout", "purchase"])

TABLE = """
create table events (
    site UInt32, visitor UInt64, occurred_at DateTime64(3, 'UTC'), sequence UInt64, received_at DateTime64(3, 'UTC'),
    event_id UUID, event LowCardinality(String), {coded}, trusted Bool, time_replaced Bool, sender_sequence UInt32,
    value_minor Nullable(Int64), currency LowCardinality(Nullable(String)), customer Nullable(String),
    cart_id Nullable(String), transaction_id Nullable(String), items Nullable(String), properties Nullable(String)
) engine = MergeTree order by (site, visitor, occurred_at)"""
CODED = (
    "touchpoint stage channel source medium campaign term content referrer_host page_host page device browser os "
    "country language consent"
).split()
COLUMNS = (
    "visitor, occurred_at, sequence, received_at, event_id, event, " + ", ".join(CODED) + ", trusted, time_replaced, "
    "sender_sequence, value_minor, currency, customer, cart_id, transaction_id, items, properties"
)

LEVELS = """
select countIf(level >= 4) from (
    select {key}windowFunnel({window}{mode})(toUInt64(toUnixTimestamp64Milli(occurred_at)), {steps}) as level
    from events {where} group by site, visitor)"""
BY_DEVICE = """
select sum(converted) from (
    select device, countIf(level >= 4) as converted from (
        select argMinIf(device, occurred_at, event = 'view_item') as device,
            windowFunnel({window})(toUInt64(toUnixTimestamp64Milli(occurred_at)), {steps}) as level
        from events {where} group by site, visitor)
    group by device)"""
DISTINCT = "select sum(visitors) from (select site, {by} as by, uniqExact(visitor) as visitors from events group by site, by)"


def questions(site):
    names = "event in ('view_item', 'add_to_cart', 'begin_checkout', 'purchase')"
    of = lambda where, mode="": LEVELS.format(key="", window=WINDOW_SECONDS * 1000, mode=mode, steps=STEPS, where=where)
    one = f"where site = {site} and {names}"
    yield "funnel_all", [of(f"where {names}")]
    yield "funnel_each", [of(f"where site = {number} and {names}") for number in range(1, 21)]
    yield "funnel_one", [of(one)]
    yield "funnel_by", [BY_DEVICE.format(window=WINDOW_SECONDS * 1000, steps=STEPS, where=one)]
    yield "funnel_strict", [of(f"where site = {site}", ", 'strict_order'")]
    yield "touchpoints", [DISTINCT.format(by="touchpoint")]
    yield "days", [DISTINCT.format(by="toDate(occurred_at)")]


def cpu_ms():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return 1e3 * (used.ru_utime + used.ru_stime)


def fill(database, rows):
    coded = ", ".join(f"{name} LowCardinality(Nullable(String))" for name in CODED)
    database.query(TABLE.format(coded=coded))
    for file in sorted(rows.glob("*.parquet")):
        database.query(f"insert into events (site, {COLUMNS}) select {file.stem}, {COLUMNS} from file('{file}', Parquet)")
    database.query("optimize table events final")


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    place, filled = folder / "chdb", folder / "chdb-filled"
    if not filled.exists():
        shutil.rmtree(place, ignore_errors=True)
    database = session.Session(str(place))
    if not filled.exists():
        fill(database, folder / "rows")
        filled.touch()
    ask = lambda sql: database.query(sql, "TSV").bytes().decode().strip()
    size = ask("select sum(bytes_on_disk) / sum(rows), count() from system.parts where active and table = 'events'")
    print(f"# chdb {chdb.__version__}, engine {ask('select version()')}; bytes a row, and parts: {size}")
    total = lambda texts: sum(int(ask(sql)) for sql in texts)
    for name, texts in questions(sys.argv[2] if len(sys.argv) > 2 else 7):
        found, quietest = total(texts), None
        for _ in range(ROUNDS):
            before = cpu_ms()
            assert total(texts) == found
            spent = cpu_ms() - before
            quietest = spent if quietest is None else min(quietest, spent)
        print(f"{name}\t{quietest:.2f}\t{found}", flush=True)


main()
