# SPDX-License-Identifier: Apache-2.0
"""A database of the previous release is upgraded and read; what cannot be upgraded is left as it was."""

import os
import resource
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId
from open63110.model.outlook import Outlook, OutlookStep
from open63110.model.quarantine import QuarantinedInput
from open63110.model.site import SiteId
from open63110.model.token import Token
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Batch, Query, Where
from open63110.store.migrate import HEAD, PAGE, REVISIONS, WHOLE, upgrade, version, whole
from open63110.store.schema import METADATA
from open63110.store.sqlite import SqliteStore

OLDER = Path(__file__).parent / "fixtures" / "revision_0001.sql"
"""What a system of revision 0001 left: three quarantined inputs, one replayed, a station, a token, an open transfer."""

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def older(tmp_path: Path) -> Path:
    path = tmp_path / "older.sqlite"
    execute(path, OLDER.read_text(encoding="utf-8"))
    return path


def execute(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def shape(path: Path) -> dict[str, Any]:
    """Every table's columns and keys, and every index with its condition, in no order."""
    found: dict[str, Any] = {}
    for kind, name, sql in rows(path, "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%'"):
        if kind == "table":
            found[name] = {row[1:] for row in rows(path, f'PRAGMA table_info("{name}")')}
        elif not name.startswith("sqlite_autoindex_alembic"):
            found[name] = (sql or "").replace('"', "")
    return found


def test_the_revisions_are_those_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", "open63110.store:migrations")
    found = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(reversed([script.revision for script in found])) == REVISIONS


def test_the_migrations_make_the_schema_that_the_code_describes(tmp_path: Path) -> None:
    upgrade(tmp_path / "migrated.sqlite")
    engine = create_engine(f"sqlite:///{tmp_path / 'described.sqlite'}")
    METADATA.create_all(engine)
    engine.dispose()
    assert shape(tmp_path / "migrated.sqlite") == shape(tmp_path / "described.sqlite")


def test_a_new_database_is_of_today_in_large_pages_with_a_log_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    assert version(path) is None
    upgrade(path)
    assert version(path) == HEAD
    assert rows(path, "PRAGMA page_size") == [(PAGE,)]
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_database_of_the_previous_release_is_upgraded_and_read(older: Path) -> None:
    assert version(older) == "0001"
    store = SqliteStore(older)
    replayed = await store.find(QuarantinedInput, Query(where=(Where("replayed", "=", NOON + timedelta(hours=1)),)))
    assert [one.id for one in replayed] == [2]
    assert await store.count(QuarantinedInput, Where("replayed", "null")) == 2
    assert store.highest(QuarantinedInput) == 17
    transfer = store.first(EnergyTransfer, Where("station", "=", "CS1"), Where("reference", "=", "r41"))
    assert transfer is not None
    assert (transfer.state, transfer.began, transfer.seq) == ("charging", NOON, 1)
    assert [token.name for token in store.load(Token)] == ["Anna"]
    assert [fact.id for fact in await store.facts(station=StationId("CS1"))] == [1, 2]
    assert store.heard(transfer.number, 1)
    store.close()
    assert version(older) == HEAD


async def test_a_database_of_the_revision_before_gets_a_table_of_outlooks_and_keeps_what_it_has(older: Path) -> None:
    before = REVISIONS[REVISIONS.index("0010") - 1]
    upgrade(older, before)
    assert rows(older, "SELECT name FROM sqlite_master WHERE name = 'outlook'") == []
    said = (OutlookStep(since=NOON, value=300.0),)
    series = Outlook(id="north:ghg", site=SiteId("north"), kind="ghg", steps=said, until=NOON + timedelta(hours=1))
    store = SqliteStore(older)
    batch = Batch()
    batch.puts["outlook", series.id] = series
    store.stage(batch, NOON)
    await store.commit()
    store.close()
    assert version(older) == HEAD
    assert version(older.with_name(f"older.sqlite.revision-{before}")) == before
    store = SqliteStore(older)
    assert store.load(Outlook) == [series]
    assert [token.name for token in store.load(Token)] == ["Anna"]
    assert [fact.id for fact in await store.facts(station=StationId("CS1"))] == [1, 2]
    store.close()


def test_the_old_database_stays_beside_the_upgraded_one(older: Path) -> None:
    upgrade(older)
    assert version(older.with_name("older.sqlite.revision-0001")) == "0001"
    assert rows(older.with_name("older.sqlite.revision-0001"), "SELECT count(*) FROM quarantine") == [(3,)]


def test_an_up_to_date_database_is_not_copied(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "db").close()
    SqliteStore(tmp_path / "db").close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["db", "db.lock"]


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite"
    upgrade(path)
    execute(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(Unavailable, match="newer version") as refused:
        SqliteStore(path)
    assert refused.value.code == "Newer"
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "foreign.sqlite"
    execute(path, "CREATE TABLE songs (title TEXT)")
    with pytest.raises(Unavailable, match="another program"):
        SqliteStore(path)
    assert rows(path, "SELECT name FROM sqlite_master") == [("songs",)]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear operator, this is not a database at all. " * 100)
    with pytest.raises(Unavailable, match="no database"):
        SqliteStore(path)


def test_an_upgrade_that_fails_half_way_changes_nothing(older: Path) -> None:
    execute(older, "CREATE INDEX quarantine_at ON quarantine (station)")
    with pytest.raises(Unavailable):
        upgrade(older)
    assert version(older) == "0001"
    assert "replayed" not in {row[1] for row in rows(older, "PRAGMA table_info(quarantine)")}
    execute(older, "DROP INDEX quarantine_at")
    upgrade(older)
    assert version(older) == HEAD


def test_a_database_that_cannot_be_made_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nowhere"):
        upgrade(tmp_path / "nowhere" / "db")


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "db").touch()
    upgrade(tmp_path / "db")
    assert version(tmp_path / "db") == HEAD


def test_a_database_half_made_for_want_of_room_is_made_later(tmp_path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        with pytest.raises(Unavailable, match="disk"):
            upgrade(tmp_path / "db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    upgrade(tmp_path / "db")
    assert version(tmp_path / "db") == HEAD


def test_a_database_that_lost_a_table_is_refused_and_let_go(tmp_path: Path) -> None:
    upgrade(tmp_path / "db")
    execute(tmp_path / "db", "DROP TABLE kinds")
    for _ in range(2):
        with pytest.raises(Unavailable, match="no such table"):
            SqliteStore(tmp_path / "db")


def test_a_store_in_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nowhere"):
        SqliteStore(tmp_path / "nowhere" / "db")


RENEW = "OPEN63110_RENEW_SCHEMA"


def test_a_new_database_is_what_all_revisions_make(tmp_path: Path) -> None:
    stepped, new = tmp_path / "stepped.sqlite", tmp_path / "new.sqlite"
    for revision in REVISIONS[-2:]:
        upgrade(stepped, revision)
    if os.environ.get(RENEW):
        WHOLE.write_text(whole(stepped), encoding="utf-8")
    assert WHOLE.read_text(encoding="utf-8") == whole(stepped), f"after a new revision, run this test with {RENEW}=1"
    upgrade(new)
    assert shape(new) == shape(stepped)
    assert (
        rows(new, "SELECT version_num FROM alembic_version")
        == [(HEAD,)]
        == rows(stepped, "SELECT version_num FROM alembic_version")
    )


def test_a_new_database_is_made_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, path = tmp_path / "broken.sql", tmp_path / "new.sqlite"
    broken.write_text(WHOLE.read_text(encoding="utf-8") + "CREATE TABLE journal (id);", encoding="utf-8")
    monkeypatch.setattr("open63110.store.migrate.WHOLE", broken)
    with pytest.raises(Unavailable):
        upgrade(path)
    assert version(path) is None
    monkeypatch.undo()
    upgrade(path)
    assert version(path) == HEAD
