# SPDX-License-Identifier: Apache-2.0
"""Verbs made from the use-case table: none is missing, and what is said arrives as REST wants it."""

import json
import threading
import typing
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from cyclopts import App

from open63110.bindings.web.commands import path_of
from open63110.bindings.web.intake import Named, body_of
from open63110.bindings.web.listings import LISTINGS
from open63110.cli import rest
from open63110.cli.derived import called, credential, structure, told, written
from open63110.cli.nouns import NOUNS, app_of
from open63110.cli.root import OF_A_CSMS
from open63110.cli.say import NotUnderstood
from open63110.kernel.errors import Trouble
from open63110.kernel.usecase import Door
from open63110.runtime.table import discover

DOORS = discover().doors


class Mood(StrEnum):
    GOOD = "rather-good"


class Inner(msgspec.Struct):
    n: int


@pytest.mark.parametrize(
    ("hint", "kind", "said", "sent"),
    [
        (str, str, "x", "x"),
        (int | None, int, 3, 3),
        (float, float, 1.5, 1.5),
        (bool | None, bool, True, True),
        (Mood, Literal["rather-good"], "rather-good", "rather-good"),
        (Literal["a", "b"], Literal["a", "b"], "a", "a"),
        (datetime | None, str, "2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
        (Named | str, str, "ISO14443:04A1", {"kind": "ISO14443", "value": "04A1"}),
        (Named | str | None, str, "s1", "s1"),
        (tuple[str, ...], list[str], ["a", "b"], ["a", "b"]),
        (tuple[Named | str, ...], list[str], ["X:1", "s2"], [{"kind": "X", "value": "1"}, "s2"]),
        (tuple[Inner, ...], str, '[{"n": 1}]', [{"n": 1}]),
        (dict[str, Any], str, '{"a": 1}', {"a": 1}),
    ],
)
def test_a_field_is_written_as_people_write_it_and_sent_as_rest_wants_it(hint: Any, kind: Any, said: Any, sent: Any) -> None:
    way = written(hint)
    assert way.kind == kind
    assert way.read(said) == sent


def test_a_credential_keeps_its_colons() -> None:
    assert credential("MacAddress:AA:BB") == {"kind": "MacAddress", "value": "AA:BB"}


def test_broken_json_is_a_matter_of_usage() -> None:
    with pytest.raises(NotUnderstood, match="is no JSON"):
        structure("{")


def test_every_noun_of_the_table_and_of_rest_has_a_place_on_the_command_line() -> None:
    assert set(NOUNS) == set(OF_A_CSMS)
    assert {spelt(door)[0] for door in DOORS} <= set(NOUNS)
    listed = {listing.plural for listing in LISTINGS} | {"stations"}
    assert listed - {"dso-forecasts"} == {noun.plural for noun in NOUNS.values()} - {""}  # `dso forecasts` lists those


@pytest.mark.parametrize("noun", NOUNS)
def test_every_column_of_a_list_is_shown_by_rest(noun: str) -> None:
    plural = NOUNS[noun].plural
    kinds: dict[str, type[Any]] = {listing.plural: listing.noun for listing in LISTINGS}
    if plural not in kinds:
        return
    known = {*kinds[plural].__struct_fields__, *vars(kinds[plural]), "value", "has_password", "has_key"}
    assert {column.partition(".")[0] for column in NOUNS[noun].columns} <= known


class Peer(BaseHTTPRequestHandler):
    """An HTTP server that notes what it is asked, and answers as REST would."""

    asked: typing.ClassVar[list[tuple[str, Any, dict[str, str]]]] = []
    bearers: typing.ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._note(body)
        self._answer(200, {"id": "1", "kind": "K", "outcome": "accepted"})

    def do_GET(self) -> None:
        said = self._note(None)
        if self.path.startswith("/api/v1/sdrs"):
            self._answer(500, ["no object"])
            return
        offset, limit = int(said["offset"]), int(said["limit"])
        following = min(offset + limit, 2500)
        items = [{"n": 1}] * (following - offset)
        self._answer(200, {"items": items, "next": str(following) if following < 2500 else None})

    def _note(self, body: Any) -> dict[str, str]:
        parts = urlsplit(self.path)
        said = dict(parse_qsl(parts.query))
        self.asked.append((parts.path.removeprefix("/api/v1/"), body, said))
        self.bearers.append(self.headers["Authorization"])
        return said

    def _answer(self, status: int, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def csms(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Peer]]:
    with HTTPServer(("127.0.0.1", 0), Peer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("OPEN63110_URL", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("OPEN63110_KEY", "boss.secret")
        Peer.asked.clear()
        Peer.bearers.clear()
        yield Peer
        server.shutdown()
        thread.join()


def ask(noun: str, *words: str) -> int:
    result: int = app_of(noun)(words, exit_on_error=False, print_error=False, result_action="return_value")
    return result


def example(hint: Any) -> list[str]:
    """Say something of the kind that an option wants."""
    way = written(hint)
    if way.kind is bool:
        return []
    kind = typing.get_args(way.kind)[0] if typing.get_origin(way.kind) is list else way.kind
    if typing.get_origin(kind) is Literal:
        return [str(typing.get_args(kind)[0])]
    return {"credential": ["ISO14443:04A1B2C3"], "structure": ["{}"]}.get(way.read.__name__, ["1"])


def spelt(door: Door) -> tuple[str, str]:
    """Return noun and verb of a door on the command line."""
    names = ((noun, one.doors[door.command.__name__]) for noun, one in NOUNS.items() if door.command.__name__ in one.doors)
    return next(names, (door.noun, door.verb))


BY_HAND = {"ImportSites"}
"""Commands whose verb reads a file (test_sites.py)."""


@pytest.mark.parametrize(
    "door", [one for one in DOORS if one.command.__name__ not in BY_HAND], ids=lambda door: f"{door.noun} {door.verb}"
)
def test_every_door_is_a_verb_that_asks_rest_for_what_it_wants(door: Any, csms: type[Peer]) -> None:
    words = ["CS1"] if "{station}" in path_of(door) else []
    hints = typing.get_type_hints(body_of(door.command))
    for field in msgspec.structs.fields(body_of(door.command)):
        parts = hints[field.name]
        inside = isinstance(parts, type) and issubclass(parts, msgspec.Struct)
        for one in msgspec.structs.fields(parts) if inside else (field,):
            hint = typing.get_type_hints(parts)[one.name] if inside else parts
            if one.required:
                words += [f"--{called(one.name).replace('_', '-')}", *example(hint)]
    assert ask(*spelt(door), *words, "--json") == 0
    ((path, body, waiting),) = csms.asked
    assert path == path_of(door).format(station="CS1")
    assert waiting == {}
    assert csms.bearers == ["Bearer boss.secret"]
    required = {field.name for field in msgspec.structs.fields(body_of(door.command)) if field.required}
    assert required <= set(body)


def test_fields_of_a_struct_stand_beside_the_others(csms: type[Peer]) -> None:
    assert ask("token", "put", "--kind", "ISO14443", "--value", "04A1", "--blocked", "--group", "ISO14443:04FF", "--json") == 0
    ((path, body, _),) = csms.asked
    assert path == "tokens/put"
    token = {"kind": "ISO14443", "value": "04A1", "blocked": True, "group": {"kind": "ISO14443", "value": "04FF"}}
    assert body == {"token": token}


def test_a_station_id_is_one_segment_of_the_path(csms: type[Peer]) -> None:
    ask("station", "reboot", "a|b,c", "--json")
    assert csms.asked[0][0] == "stations/a%7Cb%2Cc/reboot"


def test_a_list_is_read_page_by_page_up_to_its_limit(csms: type[Peer], capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("session", "list", "--limit", "2100", "--state", "active", "--json") == 0
    assert [said["offset"] for _, _, said in csms.asked] == ["0", "1000", "2000"]
    assert [said["limit"] for _, _, said in csms.asked] == ["1000", "1000", "100"]
    assert all(said["state"] == "active" for _, _, said in csms.asked)
    assert capsys.readouterr().out.count('"n"') == 2100


@pytest.mark.parametrize(("status", "waited", "code"), [(200, True, 0), (202, True, 1), (202, False, 0)])
def test_an_order_whose_outcome_is_unknown_is_not_done_unless_nobody_waits(
    status: int, waited: bool, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    order = {"id": "7", "kind": "RebootStation", "outcome": "waiting", "detail": "", "replies": [{"kind": "R", "note": "n"}]}
    assert told(status, order, as_json=False, waited=waited) == code
    out, err = capsys.readouterr()
    assert "RebootStation waiting" in out
    assert ("open63110 order show 7" in err) == (status == 202)


def test_an_answer_that_is_not_ours_is_told_as_it_is(csms: type[Peer]) -> None:
    with pytest.raises(Trouble, match="answered 500"):
        ask("sdr", "list")


def test_patience_and_deadline_are_handed_on(csms: type[Peer]) -> None:
    ask("station", "reboot", "CS1", "--wait", "0", "--deadline", "60", "--json")
    assert csms.asked[0][2] == {"wait": "0.0", "deadline": "60.0"}


def test_an_unknown_noun_is_no_attribute() -> None:
    from open63110.cli import nouns

    assert isinstance(nouns.station, App)
    with pytest.raises(AttributeError):
        _ = nouns.toaster


def test_url_and_key_come_from_the_nearest_place(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPEN63110_URL", "OPEN63110_KEY", "OPEN63110_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert rest.Csms().url == rest.USUAL_URL
    (tmp_path / "open63110").mkdir()
    rest.kept_file().write_text('url = "http://kept/"\nkey = "k"\n', encoding="utf-8")
    assert rest.Csms().url == "http://kept"
    monkeypatch.setenv("OPEN63110_URL", "https://env")
    assert rest.Csms().url == "https://env"
    assert rest.Csms("http://said").url == "http://said"
