# SPDX-License-Identifier: Apache-2.0
"""The registry covers every message that crosses a link, and only ever grows (B.15, B.21)."""

import copy
import tomllib
from importlib import resources
from typing import Any

import pytest
from tools import generate_cddl

from open63110.bindings.link.messages.codec import CODEC, Codec
from open63110.bindings.link.messages.registry import REGISTRY, Registry, kinds_by_name
from open63110.kernel.messages import Reply
from open63110.kernel.roles import Role
from open63110.runtime.table import discover
from open63110.station.outbox import TOLD

SOURCE = tomllib.loads(resources.files("open63110.bindings.link.messages").joinpath("registry.toml").read_text(encoding="utf-8"))
KNOWN = REGISTRY.by_name.keys() | REGISTRY.local.keys()


def altered(*path: str, value: Any) -> Registry:
    """The registry with one thing changed."""
    source = copy.deepcopy(SOURCE)
    place = source
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return Registry(source)


def ours(kind: type[Any]) -> bool:
    """Whether it is the product's own: tests that ran before in this process may have made some, too."""
    return kind.__module__.startswith("open63110.") and ".tests." not in kind.__module__


def test_every_message_of_a_station_or_a_csms_has_a_number_or_a_reason_to_have_none() -> None:
    parties = {Role.STATION, Role.CSMS, Role.LOCAL_CSMS}
    assert sorted({kind.__name__ for role, kind in discover().decide if role in parties} - KNOWN) == []


def test_every_reply_has_a_number_or_a_reason_to_have_none() -> None:
    replies = {name for name, kind in kinds_by_name().items() if issubclass(kind, Reply) and ours(kind)}
    assert sorted(replies - KNOWN - REGISTRY.parts.keys()) == []


def test_everything_that_a_station_has_to_tell_has_a_number() -> None:
    assert [kind.__name__ for kind in TOLD if kind not in REGISTRY.by_kind] == []


def test_nothing_is_numbered_that_never_crosses_a_link() -> None:
    assert sorted(REGISTRY.by_name.keys() & REGISTRY.local.keys()) == []
    assert sorted(REGISTRY.local.keys() - kinds_by_name().keys()) == []


def test_every_field_has_a_key_or_is_kept() -> None:
    assert CODEC.shapes.unnumbered == []


def test_who_gets_a_message_decides_it() -> None:
    decided = discover().decide.keys()
    silent = [
        f"{role} {one.name}"
        for one in REGISTRY.messages
        for role in one.to
        if role is not Role.LOCAL_CSMS and not one.reply and one.name != "OcppFrame" and (role, one.kind) not in decided
    ]
    assert silent == []


def test_the_registry_only_grows() -> None:
    assert generate_cddl.lost(generate_cddl.LOCK.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", generate_cddl.outputs(), ids=lambda path: str(path.name))
def test_what_is_published_is_current(path: Any) -> None:
    assert path.read_text(encoding="utf-8") == generate_cddl.outputs()[path], "run: python -m tools.generate_cddl"


def test_a_number_that_was_taken_back_is_noticed() -> None:
    published = generate_cddl.LOCK.read_text(encoding="utf-8")
    line = "field StopRemotely 3 gently: bool"
    assert generate_cddl.lost(f"{published}{line}\n") == [line]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("message", "Heartbeat", "number"), 2, "twice"),
        (("message", "StopRemotely", "fields"), {"station": 1, "reference": 1}, "twice"),
        (("struct", "SignedReading", "fields"), {"data": 1, "method": 1}, "twice"),
        (("words", "RebootMode"), {"immediate": 0, "on-idle": 0}, "twice"),
        (("message", "NoSuchThing"), {"number": 900, "version": 1, "to": "csms", "fields": {}}, "no message"),
    ],
)
def test_a_registry_that_contradicts_itself_is_caught(path: tuple[str, ...], value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        altered(*path, value=value)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("words", "RebootMode"), {"immediate": 0}, "lacks"),
        (("message", "RebootStation", "words"), {}, "needs a table"),
        (("message", "RebootStation", "fields"), {"station": 1, "speed": 2}, "has no"),
    ],
)
def test_a_registry_that_does_not_fit_the_messages_is_caught(path: tuple[str, ...], value: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        Codec(altered(*path, value=value))


def test_a_channel_has_room_for_so_many_words_only() -> None:
    with pytest.raises(ValueError, match="room for 16"):
        Codec(altered("words", "Phase", "L9", value=16))
