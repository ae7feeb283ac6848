# SPDX-License-Identifier: Apache-2.0
"""Makes a database of today out of none or an older one; what is newer than this program is left alone."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from open63110.kernel.errors import Unavailable
from open63110.store.snapshot import snapshot
from open63110.store.trouble import unavailable

REVISIONS = tuple(f"{number:04}" for number in range(1, 27))
"""Every revision of the schema, oldest first; one file each in ``migrations/versions``."""

HEAD = REVISIONS[-1]

WHOLE = Path(__file__).parent / "migrations" / "whole.sql"
"""What all revisions together make of nothing: a new database needs no history, and its statements cost a hundredth of it."""

PAGE = 16384
"""Bytes; a quarter cheaper for the writer than the usual 4096."""


def version(path: Path) -> str | None:
    """Return the revision of a database, None if there is nothing in it yet.

    Raises:
        Unavailable: it cannot be read, or is no database of ours.
    """
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                return None
            if "alembic_version" not in tables or "journal" not in tables:
                raise Unavailable(f"{path} is a database of another program", code="Foreign", where="store")
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except sqlite3.Error as error:
        raise unavailable(error) from error


def upgrade(path: Path, to: str = HEAD) -> None:
    """Bring a database that nobody uses to a revision, all the way or not at all; an older one is copied beside it first.

    Raises:
        Unavailable: it is newer than this program, or cannot be read or written.
    """
    found = version(path)
    if found == to:
        return
    known(path, found)
    try:
        if found is not None:
            snapshot(path, path.with_name(f"{path.name}.revision-{found}"))
        else:
            _make(path)
            if to == HEAD:
                _fill(path)
                return
        _run(path, to)
    except sqlite3.Error as error:
        raise unavailable(error) from error


def known(path: Path, found: str | None) -> None:
    """Check that this program knows a revision.

    Raises:
        Unavailable: it is newer.
    """
    if found is not None and found not in REVISIONS:
        raise Unavailable(
            f"{path} was written by a newer version (schema {found}, this one knows {HEAD})",
            code="Newer",
            where="store",
            remedy="install the newer version, or restore the backup made before the upgrade",
        )


def _make(path: Path) -> None:
    if not path.exists():
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            raise Unavailable(f"{path} cannot be made: {error.strerror}", where="store") from error
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute("PRAGMA journal_mode = WAL")


def _fill(path: Path) -> None:
    """Make all that there is today."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(f"BEGIN IMMEDIATE;\n{WHOLE.read_text(encoding='utf-8')}")
        connection.execute("INSERT INTO alembic_version (version_num) VALUES (?)", (HEAD,))
        connection.execute("COMMIT")


def whole(path: Path) -> str:
    """Return the statements that make another database like this one."""
    with closing(sqlite3.connect(path)) as connection:
        made = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")]
    return "".join(f"{one};\n" for one in made)


def _run(path: Path, to: str) -> None:
    # dear to import, and a database that is up to date needs neither
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from sqlalchemy import StaticPool, create_engine, event, exc  # noqa: PLC0415

    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        try:
            with engine.begin() as connection:
                config = Config()
                config.set_main_option("script_location", "open63110.store:migrations")
                config.attributes["connection"] = connection
                command.upgrade(config, to)
        except exc.DBAPIError as error:
            raise unavailable(error.orig if isinstance(error.orig, sqlite3.Error) else error) from error
