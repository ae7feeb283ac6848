# SPDX-License-Identifier: Apache-2.0
"""Secrets of orders stand in frames on the wire, and in no frame that is remembered."""

from open63110.bindings.link.cover import Cover
from open63110.kernel.ids import OrderId, StationId
from open63110.model.rotation import SECRET
from open63110.model.variables import ReadVariables, Setting, SetVariables, VariableWish
from open63110.usecases.stations.migrate_station import MigrateStation

CS = StationId("CS-1")
FIRST, SECOND = OrderId("o1"), OrderId("o2")
PASSWORD, OTHER = "k3jd9s0fj2lq8d7h", "p1jd9s0fj2lq8d7h"
FRAME = f"\x01head {PASSWORD} wss://b.example {OTHER} tail".encode()


def test_what_an_order_keeps_to_itself_is_covered_until_that_is_over() -> None:
    cover = Cover()
    cover.begin(FIRST, SetVariables(station=CS, settings=(Setting(variable=SECRET, value=PASSWORD),)))
    cover.begin(SECOND, MigrateStation(station=CS, url="wss://b.example", password=OTHER))
    shown = cover.shown(FRAME, sent=True)
    assert len(shown) == len(FRAME)
    assert b"9s0fj2lq8d7h" not in shown
    assert b"wss://b.example" in shown
    cover.end(FIRST)
    assert PASSWORD.encode() in cover.shown(FRAME, sent=True)
    assert OTHER.encode() not in cover.shown(FRAME, sent=True)
    cover.end(SECOND)
    assert cover.shown(FRAME, sent=True) is FRAME


def test_what_holds_no_secret_or_one_too_short_to_tell_covers_nothing() -> None:
    cover = Cover()
    cover.begin(FIRST, MigrateStation(station=CS, url="wss://b.example"))
    cover.begin(SECOND, SetVariables(station=CS, settings=(Setting(variable=SECRET, value="d"),)))
    assert cover.shown(FRAME, sent=True) is FRAME


def test_what_is_said_while_a_secret_is_asked_for_is_remembered_by_its_length_alone() -> None:
    cover = Cover()
    cover.begin(FIRST, ReadVariables(station=CS, variables=(VariableWish(variable="OCPPCommCtrlr/HeartbeatInterval"),)))
    assert cover.shown(FRAME, sent=False) is FRAME
    cover.begin(SECOND, ReadVariables(station=CS, variables=(VariableWish(variable=SECRET),)))
    assert cover.shown(FRAME, sent=False) == b"*" * len(FRAME)
    assert cover.shown(FRAME, sent=True) is FRAME
    cover.end(SECOND)
    assert cover.shown(FRAME, sent=False) is FRAME
