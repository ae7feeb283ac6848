# SPDX-License-Identifier: Apache-2.0
"""Quarantined input can be searched by when it was replayed, and by time."""

from datetime import UTC, datetime, timedelta

import msgspec
from alembic import op
from sqlalchemy import BigInteger, Column, Integer, text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REPLAYED = 7
"""Place of the moment in a body; bodies only ever grow at their end."""


def upgrade() -> None:
    """Add the column, fill it from the bodies, and index the time."""
    op.add_column("quarantine", Column("replayed", BigInteger().with_variant(Integer, "sqlite")))
    connection = op.get_bind()
    for key, body in connection.execute(text("SELECT id, body FROM quarantine")).fetchall():
        fields = msgspec.msgpack.decode(body)
        if fields[REPLAYED] is not None:
            since = (fields[REPLAYED] - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
            connection.execute(text("UPDATE quarantine SET replayed = :since WHERE id = :key"), {"since": since, "key": key})
    op.create_index("quarantine_at", "quarantine", ["at"])
