"""Reads a Parquet export with DuckDB and with pyarrow, and prints what each of them finds there as JSON."""

import collections
import json
import sys

import duckdb
import pyarrow.compute
import pyarrow.parquet


def read_with_duckdb(path):
    rows = duckdb.read_parquet(path)
    by_event = duckdb.sql("select event, count(*) from rows group by event").fetchall()
    value_minor, ids = duckdb.sql("select sum(value_minor)::bigint, count(distinct event_id) from rows").fetchone()
    return {"columns": rows.columns, "events": dict(by_event), "value_minor": value_minor, "ids": ids}


def read_with_pyarrow(path):
    rows = pyarrow.parquet.read_table(path)
    by_event = collections.Counter(rows["event"].to_pylist())
    value_minor = pyarrow.compute.sum(rows["value_minor"]).as_py()
    ids = len(set(rows["event_id"].to_pylist()))
    return {"columns": rows.column_names, "events": by_event, "value_minor": value_minor, "ids": ids}


path = sys.argv[1]
print(json.dumps({"duckdb": read_with_duckdb(path), "pyarrow": read_with_pyarrow(path)}))
