# SPDX-License-Identifier: Apache-2.0
"""The tables: one for the journal, one for each kind of noun, derived from what the port says is kept.

A change here needs a migration beside it; a test compares the two. Only types that PostgreSQL has too.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text, text

from open63110.ports import KEPT, Kept
from open63110.store.codec import RowCodec, Storage

METADATA = MetaData()

LONG = BigInteger().with_variant(Integer, "sqlite")
"""64 bits. SQLite makes a key of type INTEGER the row's own number, and one of type BIGINT an index beside it."""

_TYPES: dict[Storage, Any] = {"text": Text(), "integer": LONG, "real": Float(), "boolean": Boolean(), "moment": LONG}


def _table(kept: Kept) -> Table:
    codec = RowCodec(kept)
    return Table(
        kept.name,
        METADATA,
        Column(codec.key.name, _TYPES[codec.key.storage], primary_key=True, autoincrement=False, nullable=False),
        *(Column(column.name, _TYPES[column.storage], nullable=column.nullable) for column in codec.columns),
        Column("body", LargeBinary(), nullable=False),
    )


KINDS = Table(
    "kinds",
    METADATA,
    Column("id", Integer(), primary_key=True, autoincrement=False),
    Column("name", Text(), nullable=False, unique=True),
)
"""Kinds of facts by a number that only this database knows."""

JOURNAL = Table(
    "journal",
    METADATA,
    Column("id", LONG, primary_key=True, autoincrement=False),
    Column("heard", LONG, nullable=False),
    Column("at", LONG, nullable=False),
    Column("station", Text(), nullable=False),
    Column("kind", Integer(), nullable=False),
    Column("number", LONG, nullable=False),
    Column("seq", LONG),
    Column("body", LargeBinary(), nullable=False),
)
"""Every fact, in the order of its commit; heard and at are milliseconds since 1970 UTC."""

STRETCHES = Table(
    "stretches",
    METADATA,
    Column("stretch", LONG, primary_key=True, autoincrement=False),
    Column("station", Text(), primary_key=True),
    sqlite_with_rowid=False,
)
"""Which stations occur in which stretch of the journal. An index over the stations themselves would touch a page of its
own for nearly every fact, and so double the cost of writing one; this one grows at its end."""

HIGHEST = Table(
    "highest",
    METADATA,
    Column("kind", Text(), primary_key=True),
    Column("key", LONG, nullable=False),
)
"""The highest key of each kind that had a row removed, so that no number is given twice (I8)."""

TABLES = {kept.name: _table(kept) for kept in KEPT}

Index(
    "journal_fence",
    JOURNAL.c.number,
    JOURNAL.c.seq,
    unique=True,
    sqlite_where=text("number > 0"),
    postgresql_where=text("number > 0"),
)
Index("transfer_reference", TABLES["transfer"].c.station, TABLES["transfer"].c.reference)
Index("session_station", TABLES["session"].c.station)
for _name in ("transfer", "session"):
    _settled = TABLES[_name].c.settled
    Index(f"{_name}_open", _settled, sqlite_where=text("settled = 0"), postgresql_where=text("NOT settled"))
Index("sdr_session", TABLES["sdr"].c.session)
Index("orders_station", TABLES["orders"].c.station)
Index("orders_outcome", TABLES["orders"].c.outcome)
Index("firmware_update_station", TABLES["firmware_update"].c.station)
Index("quarantine_at", TABLES["quarantine"].c.at)
Index("audit_at", TABLES["audit"].c.at)
Index("sample_site", TABLES["sample"].c.site, TABLES["sample"].c.at)
Index("station_alarm_station", TABLES["station_alarm"].c.station, TABLES["station_alarm"].c.open)
Index("notice_open", TABLES["notice"].c.open, TABLES["notice"].c.due)
Index("monitor_page_station", TABLES["monitor_page"].c.station)
Index("event_stream_station", TABLES["event_stream"].c.station)
Index("stream_chunk_stream", TABLES["stream_chunk"].c.stream, TABLES["stream_chunk"].c.begin)
Index("stream_chunk_begin", TABLES["stream_chunk"].c.begin)
Index("station_alarm_since", TABLES["station_alarm"].c.since)
Index("inventory_difference_station", TABLES["inventory_difference"].c.station)
Index("rollout_result_rollout", TABLES["rollout_result"].c.rollout)
Index("rollout_result_station", TABLES["rollout_result"].c.station)
Index("dso_sample_order", TABLES["dso_sample"].c.order_id)
Index("voucher_serial", TABLES["voucher"].c.serial)
Index("log_station", TABLES["log"].c.station)
Index("message_station", TABLES["message"].c.station)
for _name in ("allowed_transfer", "battery_swap", "settlement"):
    Index(f"{_name}_station", TABLES[_name].c.station)
Index("settlement_reference", TABLES["settlement"].c.reference)
Index("der_control_station", TABLES["der_control"].c.station)
Index("log_criteria_station", TABLES["log_criteria"].c.station)
Index("station_tariff_station", TABLES["station_tariff"].c.station)
