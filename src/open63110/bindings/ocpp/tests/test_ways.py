# SPDX-License-Identifier: Apache-2.0
"""Which way a line dials (8.3.14)."""

from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.ways import Ways
from open63110.model.network import NetworkProfile

BUILT_IN = Dialling(url="ws://a/ocpp", password="secret-of-a", patience=20.0)
OTHER = NetworkProfile(slot=1, url="wss://b/ocpp", timeout=45)
NAMED = NetworkProfile(slot=2, url="wss://c/ocpp", version="ocpp2.1", identity="C 1", password="secret-of-c")


def test_each_is_tried_so_often_and_then_the_next_and_round_again() -> None:
    ways = Ways((OTHER, None), 2)
    seen = [ways.dialling(BUILT_IN).url]
    for _ in range(5):
        ways.failed()
        seen.append(ways.dialling(BUILT_IN).url)
    assert seen == ["wss://b/ocpp"] * 2 + ["ws://a/ocpp"] * 2 + ["wss://b/ocpp"] * 2


def test_whoever_answers_starts_the_count_afresh() -> None:
    ways = Ways((OTHER, None), 2)
    assert not ways.failed()
    ways.reached()
    assert not ways.failed()
    assert ways.failed()


def test_whoever_says_no_so_often_in_a_row_is_left_for_the_next() -> None:
    ways = Ways((OTHER, None), 2)
    assert not ways.refused()
    ways.reached()
    ways.taken()
    assert not ways.refused()
    ways.reached()  # each no was said over a link
    assert ways.refused()
    assert ways.dialling(BUILT_IN) == BUILT_IN
    assert not ways.refused()
    assert ways.refused()
    assert ways.dialling(BUILT_IN).url == OTHER.url


def test_one_way_alone_is_tried_for_ever() -> None:
    ways = Ways((None,), 1)
    assert not ways.failed()
    assert not ways.refused()
    assert ways.dialling(BUILT_IN) == BUILT_IN


def test_what_a_way_does_not_say_is_as_it_was_set_up() -> None:
    dialling = Ways((OTHER,), 1).dialling(BUILT_IN)
    assert (dialling.password, dialling.versions, dialling.patience) == ("secret-of-a", BUILT_IN.versions, 45.0)
    named = Ways((NAMED,), 1).dialling(BUILT_IN)
    assert (named.password, named.versions) == ("secret-of-c", (Version.V21,))
    assert named.address("CS-1") == "wss://c/ocpp/C%201"  # type: ignore[arg-type] # a literal
    ((_, shown),) = named.headers("CS-1")  # type: ignore[arg-type] # a literal
    assert shown.startswith("Basic QyAx")  # "C 1"


def test_where_no_ocpp_is_spoken_nobody_dials() -> None:
    elsewhere = NetworkProfile(slot=3, url="wss://d/link", version="iec63110.link.v1")
    assert Ways((elsewhere,), 1).dialling(BUILT_IN) == BUILT_IN
