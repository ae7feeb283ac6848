# SPDX-License-Identifier: Apache-2.0
"""What alembic runs: the missing revisions, on the connection it was given, in the transaction that stands open there."""

from alembic import context

from open63110.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
