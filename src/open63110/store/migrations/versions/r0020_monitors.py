# SPDX-License-Identifier: Apache-2.0
"""What is watched at stations, and the streams of values that they send (8.3.5)."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Text

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LONG = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the tables; values are read by stream, and go by age."""
    op.create_table(
        "monitoring",
        Column("station", Text(), primary_key=True, nullable=False),
        Column("at", LONG, nullable=False),
        Column("reported", LONG, nullable=True),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "monitor_page",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "event_stream",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("monitor", LONG, nullable=False),
        Column("open", Boolean(), nullable=False),
        Column("opened", LONG, nullable=False),
        Column("last", LONG, nullable=True),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_table(
        "stream_chunk",
        Column("id", Text(), primary_key=True, nullable=False),
        Column("stream", Text(), nullable=False),
        Column("station", Text(), nullable=False),
        Column("begin", LONG, nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("monitor_page_station", "monitor_page", ["station"])
    op.create_index("event_stream_station", "event_stream", ["station"])
    op.create_index("stream_chunk_stream", "stream_chunk", ["stream", "begin"])
    op.create_index("stream_chunk_begin", "stream_chunk", ["begin"])
