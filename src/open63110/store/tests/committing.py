# SPDX-License-Identifier: Apache-2.0
"""A process that commits until it is killed, and says after each commit what is now durable.

Usage: python committing.py DATABASE FULL|OFF HOW-MANY (0: for ever)
"""

import asyncio
import itertools
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.station import StationDisconnected
from open63110.model.token import Token
from open63110.ports import Batch
from open63110.store.sqlite import SqliteStore

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


async def commit(store: SqliteStore, number: int) -> None:
    """Commit ten facts and one token."""
    batch = Batch()
    batch.note(*(StationDisconnected(station=StationId(f"CS{number}"), at=NOON, reason=str(step)) for step in range(10)))
    batch.puts["token", str(number)] = Token(ref=SubjectRef(str(number)), kind="Central")
    os.write(1, f"staging {number}\n".encode())
    store.stage(batch, NOON)
    await store.commit()
    os.write(1, f"durable {number}\n".encode())


async def main() -> None:
    """Commit one after the other."""
    synchronous = "OFF" if sys.argv[2] == "OFF" else "FULL"
    store = SqliteStore(Path(sys.argv[1]), _synchronous=synchronous)  # type: ignore[arg-type]  # one of the two
    many = int(sys.argv[3])
    for number in range(many) if many else itertools.count():
        await commit(store, number)
    store.close()


if __name__ == "__main__":
    asyncio.run(main())
