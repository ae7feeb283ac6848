# SPDX-License-Identifier: Apache-2.0
"""What is expected at sites, as files: each series is asked for by itself, and what cannot be is told with its place (8.2.3)."""

from pathlib import Path
from typing import Any

import pytest

from open63110.cli.outlooks import import_
from open63110.cli.rest import Csms
from open63110.cli.say import NotUnderstood
from open63110.kernel.errors import Trouble

SERIES = """
[[outlooks]]
site = "north"
kind = "price"
currency = "EUR"
until = 2026-03-05T00:00:00Z
steps = [{since = 2026-03-04T12:00:00Z, value = 0.3}]
"""
SAID = {
    "site": "north",
    "kind": "price",
    "currency": "EUR",
    "until": "2026-03-05T00:00:00Z",
    "steps": [{"since": "2026-03-04T12:00:00Z", "value": 0.3}],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What REST was asked; it refuses prices of gold."""
    got: list[Any] = []

    def post(_: Csms, path: str, body: Any) -> tuple[int, Any]:
        if body["kind"] == "gold":
            raise Trouble("kind: Invalid enum value 'gold'", code="Malformed", where="kind", remedy="say price")
        got.append((path, body))
        return 200, {}

    monkeypatch.setattr(Csms, "post", post)
    return got


def written(folder: Path, words: str | bytes, name: str = "outlooks.toml") -> Path:
    file = folder / name
    file.write_bytes(words.encode() if isinstance(words, str) else words)
    return file


def test_each_series_of_a_file_is_asked_for_with_its_times_as_rest_writes_them(tmp_path: Path, asked: list[Any]) -> None:
    assert import_(written(tmp_path, SERIES + SERIES.replace("north", "south"))) == 0
    assert asked == [("outlooks/put", SAID), ("outlooks/put", SAID | {"site": "south"})]


def test_the_first_series_that_is_refused_is_named_and_those_after_it_are_not_asked_for(tmp_path: Path, asked: list[Any]) -> None:
    file = written(tmp_path, SERIES + SERIES.replace("price", "gold") + SERIES)
    with pytest.raises(Trouble) as refused:
        import_(file)
    assert refused.value.message == f"{file}, outlooks[1]: kind: Invalid enum value 'gold'"
    assert (refused.value.code, refused.value.where, refused.value.remedy) == ("Malformed", "kind", "say price")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        ("outlooks = 5", "a.toml", "no list called outlooks"),
        ("[outlooks]", "b.toml", "no list called outlooks"),
        ("outlooks = []", "c.toml", "no list called outlooks"),
        ("version = 3\n" + SERIES, "d.toml", "more than a list called outlooks: version"),
        ("[[outlooks]", "e.toml", "no TOML"),
        (b"\xff\xfe", "f.toml", "no TOML"),
        (b"\xff\xfe", "g.json", "no JSON"),
        ("[]", "h.json", "no table"),
    ],
)
def test_a_file_that_is_none_is_a_matter_of_usage(
    tmp_path: Path, asked: list[Any], words: str | bytes, name: str, said: str
) -> None:
    with pytest.raises(NotUnderstood, match=said):
        import_(written(tmp_path, words, name))
    assert asked == []
