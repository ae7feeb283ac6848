# SPDX-License-Identifier: Apache-2.0
"""By what criteria stations log (8.3.9)."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "log_criteria",
        Column("key", Text(), primary_key=True, nullable=False),
        Column("station", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
    )
    op.create_index("log_criteria_station", "log_criteria", ["station"])
