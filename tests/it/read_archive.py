"""Reads a whole archive with DuckDB and with pyarrow, and prints what each of them finds there as JSON."""

import collections
import glob
import json
import sys

import duckdb
import pyarrow
import pyarrow.compute
import pyarrow.parquet

root = sys.argv[1]
files = sorted(glob.glob(f"{root}/[0-9]*/*/*.parquet"))


def distinct(rows, field):
    return sorted({value for text in rows if text for value in field(json.loads(text))})


def skus(items):
    return [item["item_id"] for item in items]


def notes(properties):
    return [properties["note"]]


def read_with_duckdb():
    rows = duckdb.read_parquet(files)
    by_event = duckdb.sql("select event, count(*) from rows group by event").fetchall()
    by_day = duckdb.sql("select received_at::date::varchar, count(*) from rows group by 1").fetchall()
    value_minor, ids = duckdb.sql("select sum(value_minor)::bigint, count(distinct event_id) from rows").fetchone()
    items, properties = zip(*duckdb.sql("select items, properties from rows").fetchall())
    return found(by_event, by_day, ids, value_minor, items, properties)


def read_with_pyarrow():
    rows = pyarrow.concat_tables([pyarrow.parquet.read_table(file) for file in files])
    by_event = collections.Counter(rows["event"].to_pylist())
    by_day = collections.Counter(str(moment.date()) for moment in rows["received_at"].to_pylist())
    value_minor = pyarrow.compute.sum(rows["value_minor"]).as_py()
    ids = len(set(rows["event_id"].to_pylist()))
    return found(by_event, by_day, ids, value_minor, rows["items"].to_pylist(), rows["properties"].to_pylist())


def found(by_event, by_day, ids, value_minor, items, properties):
    return {
        "events": dict(by_event),
        "days": dict(by_day),
        "ids": ids,
        "value_minor": value_minor,
        "skus": distinct(items, skus),
        "notes": distinct(properties, notes),
    }


failed = duckdb.read_parquet(f"{root}/failed/*.parquet")
schemas = {pyarrow.parquet.read_metadata(file).metadata[b"styk_archive_schema"].decode() for file in files}
print(
    json.dumps(
        {
            "duckdb": read_with_duckdb(),
            "pyarrow": read_with_pyarrow(),
            "failed": duckdb.sql("select reason, sequence from failed").fetchall(),
            "schemas": sorted(schemas),
        }
    )
)
