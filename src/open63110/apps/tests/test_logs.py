# SPDX-License-Identifier: Apache-2.0
"""Logs: one JSON object a line where no person looks, secrets never."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from open63110.apps.config import Log
from open63110.apps.logs import HIDDEN, hide, set_up


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_away_from_a_terminal_each_entry_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(Log())
    structlog.get_logger("here").info("station connected", station="CS1")
    logging.getLogger("a.library").warning("slow by %d s", 3)
    ours, theirs = said(capsys)
    assert (ours["event"], ours["station"], ours["level"]) == ("station connected", "CS1", "info")
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("slow by 3 s", "a.library", "warning")
    assert str(ours["timestamp"]).endswith("Z")


def test_console_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(Log(format="console"))
    structlog.get_logger("here").info("station connected", station="CS1")
    text = capsys.readouterr().err
    assert "station connected" in text
    assert not text.startswith("{")


def test_the_level_holds_for_all(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(Log(level="error"))
    structlog.get_logger("here").warning("quiet")
    logging.getLogger("a.library").warning("quiet too")
    structlog.get_logger("here").error("loud")
    assert [entry["event"] for entry in said(capsys)] == ["loud"]


@pytest.mark.parametrize(
    "name", ["password", "api_key", "apikey", "key", "secret", "Authorization", "id_token", "idTag", "credential", "cookie"]
)
def test_what_is_secret_by_its_name_is_never_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(Log())
    log = structlog.get_logger("here")
    log.info("said", **{name: "s3cr3t"})
    log.info("deep", headers=[{name: "s3cr3t"}], body={"x": {name: "s3cr3t"}})
    logging.getLogger("a.library").warning("extra", extra={name: "s3cr3t"})
    text = capsys.readouterr().err
    assert "s3cr3t" not in text
    assert text.count(HIDDEN) == 4


def test_what_is_no_secret_stays() -> None:
    assert hide(None, "info", {"station": "CS1", "keys": 3, "of": {"a": [1]}}) == {"station": "CS1", "keys": 3, "of": {"a": [1]}}


def test_a_failure_keeps_its_traceback_within_its_object(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(Log())
    try:
        int("broken")
    except ValueError:
        structlog.get_logger("here").exception("it failed")
    (entry,) = said(capsys)
    assert "broken" in json.dumps(entry["exception"])
