# SPDX-License-Identifier: Apache-2.0
"""The usual Python CSMS (`ocpp`, `websockets`, SQLAlchemy 2 async) doing the measured job, as the yardstick.

Written as its authors' documentation suggests, with what helps it: one pooled connection, because SQLite has one
writer and more connections only spin on its lock; one statement per row, conflicts resolved by the database.
"""

import argparse
import asyncio
import contextlib
import signal
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ocpp.routing import on
from ocpp.v201 import ChargePoint, call_result
from ocpp.v201.enums import Action, RegistrationStatusEnumType
from sqlalchemy import JSON, event, func
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from websockets.asyncio.server import ServerConnection, basic_auth, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

POOL_WAIT = 300
"""[s] a message may wait for the one connection; at 2,000 busy stations the default of 30 s is near."""


class Table(DeclarativeBase):
    """Registry of the tables below."""


class Station(Table):
    """A station that has booted."""

    __tablename__ = "station"
    id: Mapped[str] = mapped_column(primary_key=True)
    vendor: Mapped[str]
    model: Mapped[str]
    booted_at: Mapped[datetime]


class Transaction(Table):
    """A transaction as its latest event left it."""

    __tablename__ = "transaction"
    station_id: Mapped[str] = mapped_column(primary_key=True)
    transaction_id: Mapped[str] = mapped_column(primary_key=True)
    charging_state: Mapped[str | None]
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    sequence: Mapped[int]


class TransactionEvent(Table):
    """One event, its samples as JSON; the key makes a repeated delivery harmless."""

    __tablename__ = "transaction_event"
    station_id: Mapped[str] = mapped_column(primary_key=True)
    transaction_id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    event_type: Mapped[str]
    trigger_reason: Mapped[str]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    samples: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)


class Csms(ChargePoint):  # type: ignore[misc] # the package has no types
    """One connected station, seen from the CSMS."""

    def __init__(self, station_id: str, connection: ServerConnection, sessions: async_sessionmaker[AsyncSession]) -> None:
        super().__init__(station_id, connection)
        self.sessions = sessions

    @on(Action.boot_notification)  # type: ignore[untyped-decorator]  # the library has no types
    async def on_boot(self, charging_station: dict[str, Any], **_: Any) -> call_result.BootNotification:
        """Remember the station and accept it."""
        now = datetime.now(UTC)
        row = {"vendor": charging_station["vendor_name"], "model": charging_station["model"], "booted_at": now}
        async with self.sessions.begin() as session:
            statement = insert(Station).values(id=self.id, **row)
            await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))
        return call_result.BootNotification(
            current_time=now.isoformat(), interval=300, status=RegistrationStatusEnumType.accepted
        )

    @on(Action.transaction_event)  # type: ignore[untyped-decorator]  # the library has no types
    async def on_transaction_event(
        self,
        event_type: str,
        timestamp: str,
        trigger_reason: str,
        seq_no: int,
        transaction_info: dict[str, Any],
        meter_value: list[dict[str, Any]] | None = None,
        **_: Any,
    ) -> call_result.TransactionEvent:
        """Store the event and what it does to its transaction, in one database transaction."""
        occurred_at = datetime.fromisoformat(timestamp)
        key = {"station_id": self.id, "transaction_id": transaction_info["transaction_id"]}
        state = {
            "charging_state": transaction_info.get("charging_state"),
            "updated_at": occurred_at,
            "ended_at": occurred_at if event_type == "Ended" else None,
        }
        async with self.sessions.begin() as session:
            upsert = insert(Transaction).values(**key, **state, started_at=occurred_at, sequence=seq_no)
            latest = {**state, "sequence": func.max(Transaction.sequence, seq_no)}
            await session.execute(upsert.on_conflict_do_update(index_elements=["station_id", "transaction_id"], set_=latest))
            record = insert(TransactionEvent).values(
                **key,
                sequence=seq_no,
                event_type=event_type,
                trigger_reason=trigger_reason,
                occurred_at=occurred_at,
                received_at=datetime.now(UTC),
                samples=meter_value,
            )
            await session.execute(record.on_conflict_do_nothing())
        return call_result.TransactionEvent()


def durable_engine(db: Path) -> AsyncEngine:
    """SQLite whose commit returns after the fdatasync of its write-ahead log."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{db}", pool_size=1, max_overflow=0, pool_timeout=POOL_WAIT)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


async def listen(options: argparse.Namespace) -> None:
    """Serve stations at /ocpp/<id> until SIGTERM."""
    engine = durable_engine(options.db)
    async with engine.begin() as connection:
        await connection.run_sync(Table.metadata.create_all)
    sessions = async_sessionmaker(engine)

    async def station(connection: ServerConnection) -> None:
        assert connection.request
        with contextlib.suppress(ConnectionClosed):
            await Csms(connection.request.path.rpartition("/")[2], connection, sessions).start()

    common: dict[str, Any] = {"subprotocols": [Subprotocol("ocpp2.0.1")], "open_timeout": POOL_WAIT}
    if options.password:
        common["process_request"] = basic_auth(check_credentials=lambda _, secret: secret == options.password)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with serve(station, "127.0.0.1", options.port, **common):
        if options.tls_port:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(options.certificate)
            await serve(station, "127.0.0.1", options.tls_port, ssl=context, **common)
        await stop.wait()


def main() -> None:
    """Read the options and listen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--password", default="", help="of every station; empty: nobody is asked")
    parser.add_argument("--tls-port", type=int, default=0)
    parser.add_argument("--certificate", type=Path, help="PEM file with the key and the chain")
    asyncio.run(listen(parser.parse_args()))


if __name__ == "__main__":
    main()
