# SPDX-License-Identifier: Apache-2.0
"""Swaps of batteries: asked for under a number of their own, kept step by step, and bounded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.errors import NotSupported, Refused, Trouble, Unavailable
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef
from open63110.model.battery import BatterySwap, SwappedBattery, SwapState, SwapStep, swap_key
from open63110.model.policy import StationPolicy
from open63110.model.station import Registration, Station
from open63110.model.token import Token
from open63110.usecases.services import swap_batteries
from open63110.usecases.services.swap_batteries import (
    MOST,
    USE_CASE,
    BatterySwapAnswered,
    BatterySwapReported,
    RequestBatterySwap,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CS, ANNA, BOB = StationId("CS-1"), SubjectRef("anna"), SubjectRef("bob")
STATION = Station(id=CS, registration=Registration.ACCEPTED, wire="ocpp2.1", connected=NOON)
WISH = RequestBatterySwap(station=CS, subject=ANNA, by="ann")
EMPTY = (SwappedBattery(bay=EvseNumber(1), serial="B7", soc=11.5, soh=97.0),)
FULL = (SwappedBattery(bay=EvseNumber(2), serial="B8", soc=100.0, soh=99.0),)


class Wallet:
    """Knows Anna."""

    def token(self, ref: SubjectRef) -> Token | None:
        return Token(ref=ANNA, kind="ISO14443") if ref == ANNA else None

    def in_use(self, _: SubjectRef) -> int:
        return 0

    def local_tokens(self) -> list[Token]:
        return []


def ask(rows: KeptRows, command: RequestBatterySwap = WISH, station: Station = STATION, at: datetime = NOON) -> list[Any]:
    return rows.take(swap_batteries.ask(command, station, rows, Wallet(), at))


def answer(rows: KeptRows, request: int, reason: str = "") -> None:
    said = BatterySwapAnswered(station=CS, at=NOON, request=request, reason=reason)
    rows.take(swap_batteries.hear_answer(said, STATION, rows, NOON))


def step(rows: KeptRows, request: int, what: SwapStep, batteries: tuple[SwappedBattery, ...], at: datetime = NOON) -> None:
    said = BatterySwapReported(station=CS, at=at, request=request, step=what, subject=ANNA, batteries=batteries)
    rows.take(swap_batteries.hear(said, STATION, rows, at))


def swap(rows: KeptRows, request: int) -> BatterySwap:
    found = rows.get(BatterySwap, swap_key(CS, request))
    assert found is not None
    return found


def test_a_swap_is_asked_for_awaited_and_goes_through_its_steps() -> None:
    rows = KeptRows()
    sent = ask(rows)[-1]
    assert (sent.request, swap(rows, 1).state, swap(rows, 1).by) == (1, SwapState.ASKED, "ann")
    answer(rows, 1)
    assert swap(rows, 1).state is SwapState.AWAITED
    step(rows, 1, SwapStep.IN, EMPTY)
    assert (swap(rows, 1).state, swap(rows, 1).brought) == (SwapState.BROUGHT, EMPTY)
    step(rows, 1, SwapStep.OUT, FULL)
    assert (swap(rows, 1).state, swap(rows, 1).brought, swap(rows, 1).taken) == (SwapState.DONE, EMPTY, FULL)
    step(rows, 1, SwapStep.IN, EMPTY)  # told late, or twice
    assert swap(rows, 1).state is SwapState.DONE
    assert ask(rows)[-1].request == 2
    answer(rows, 2, "NoBatteryAvailable")
    assert (swap(rows, 2).state, swap(rows, 2).reason) == (SwapState.REFUSED, "NoBatteryAvailable")
    answer(rows, 9)
    assert len(rows.load(BatterySwap)) == 2


def test_one_that_begins_at_the_station_is_kept_too_and_may_end_without_anybody_taking_them() -> None:
    rows = KeptRows()
    step(rows, 77, SwapStep.IN, EMPTY)
    step(rows, 77, SwapStep.OUT_TIMEOUT, FULL)
    assert (swap(rows, 77).state, swap(rows, 77).asked) == (SwapState.TIMED_OUT, None)


def test_the_oldest_are_forgotten_where_there_are_too_many() -> None:
    rows = KeptRows()
    for number in range(MOST + 5):
        step(rows, number + 1, SwapStep.IN, EMPTY, NOON + number * MINUTE)
    kept = sorted(one.request for one in rows.load(BatterySwap))
    assert (len(kept), kept[0], kept[-1]) == (MOST, 6, MOST + 5)


@pytest.mark.parametrize(
    ("command", "station", "kind", "code"),
    [
        (WISH, replace(STATION, wire="ocpp1.6"), NotSupported, "NoBatterySwap"),
        (WISH, replace(STATION, wire="ocpp2.0.1"), NotSupported, "NoBatterySwap"),
        (WISH, replace(STATION, connected=None), Unavailable, "StationOffline"),
        (replace(WISH, subject=BOB), STATION, Refused, "TokenUnknown"),
    ],
)
def test_what_cannot_be_swapped_is_refused(command: RequestBatterySwap, station: Station, kind: type[Trouble], code: str) -> None:
    rows = KeptRows()
    with pytest.raises(kind) as refused:
        ask(rows, command, station)
    assert refused.value.code == code
    assert rows.load(BatterySwap) == []


def test_a_station_with_batteries_waits_for_whoever_comes_and_one_without_says_so() -> None:
    rows = KeptRows()
    rows.take(swap_batteries.obey(replace(WISH, request=4), STATION, StationPolicy(), NOON))
    assert swap(rows, 4).state is SwapState.AWAITED
    with pytest.raises(NotSupported):
        list(swap_batteries.obey(WISH, STATION, StationPolicy(battery_swaps=False), NOON))
    with pytest.raises(Refused):
        list(swap_batteries.obey(WISH, replace(STATION, blocked_by="reboot"), StationPolicy(), NOON))
    assert [(one.noun, one.verb) for one in USE_CASE.doors] == [("battery-swap", "request")]
    assert WISH.asked_by("eve", "operator").by == "eve"
