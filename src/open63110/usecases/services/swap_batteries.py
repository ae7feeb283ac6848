# SPDX-License-Identifier: Apache-2.0
"""Have batteries swapped at a station, and keep what goes in and out. No clause of the standard is about it.

Clause:     7.2.2
Asked by:   CSMS, for an operator or a provider of the driver; charging station
Done by:    charging station; the CSMS keeps what it says
Leaves:     each swap as a row: who, which batteries in and out, how charged
"""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final, Self

from msgspec.structs import replace

from open63110.kernel.errors import NotSupported, Refused, Unavailable
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Command, Effect, Event, Priority
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.authorization import may_be_ordered, verdict
from open63110.model.battery import BatterySwap, BatterySwapChanged, SwappedBattery, SwapState, SwapStep, swap_key
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.model.token import AuthorizationStatus
from open63110.ports import Rows, Tokens, Where

MUTE: Final = frozenset({"ocpp1.6", "ocpp2.0.1"})
"""Wires that have no words for it."""

MOST: Final = 200
"""Swaps of a station that are kept, the newest; the journal has them all."""

STATES: Final = {SwapStep.IN: SwapState.BROUGHT, SwapStep.OUT: SwapState.DONE, SwapStep.OUT_TIMEOUT: SwapState.TIMED_OUT}


class RequestBatterySwap(Command, frozen=True, kw_only=True, gc=False):
    """Let somebody swap batteries at a station."""

    priority: ClassVar[Priority] = Priority.CONTROL
    unasked: ClassVar[frozenset[str]] = frozenset({"request", "by"})
    subject: SubjectRef
    request: int = 0
    """Number of the swap; the CSMS gives it."""
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever wants it."""
        del role
        return replace(self, by=who)


class BatterySwapAnswered(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station will give batteries out, or not."""

    request: int
    reason: str = ""
    """Empty: it will."""


class BatterySwapReported(Event, frozen=True, kw_only=True, gc=False):
    """Batteries went in or out at a station, or were not taken in time."""

    request: int
    step: SwapStep
    subject: SubjectRef
    batteries: tuple[SwappedBattery, ...]


def ask(command: RequestBatterySwap, station: Station, rows: Rows, tokens: Tokens, now: datetime) -> Iterator[Effect]:
    """Pass it on under a number of its own.

    Raises:
        NotSupported: the wire has no words for it.
        Refused: the credential will not do.
        Unavailable: the station is not there.
    """
    if station.wire in MUTE:
        raise NotSupported(f"{station.wire} knows nothing of batteries", code="NoBatterySwap", remedy="OCPP 2.1, or the link")
    status = verdict(tokens.token(command.subject), station.id, now, tokens.in_use(command.subject))
    if status is not AuthorizationStatus.ACCEPTED:
        raise Refused(f"the credential is answered with {status.value}", code=f"Token{status.value}", where="subject")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
    there = held(station, rows)
    request = max((one.request for one in there), default=0) % (2**31 - 1) + 1
    asked = BatterySwap(
        key=swap_key(station.id, request),
        station=station.id,
        request=request,
        state=SwapState.ASKED,
        at=now,
        subject=command.subject,
        asked=now,
        by=command.by,
    )
    yield _kept(asked, now)
    yield from _bounded(there, now)
    yield replace(command, request=request)


def held(station: Station, rows: Rows) -> list[BatterySwap]:
    """Return the swaps of a station that are kept, oldest first."""
    return sorted(rows.load(BatterySwap, Where("station", "=", station.id)), key=lambda one: one.at)


def _kept(one: BatterySwap, now: datetime) -> BatterySwapChanged:
    return BatterySwapChanged(station=one.station, at=now, key=one.key, battery_swap=one)


def _bounded(there: list[BatterySwap], now: datetime) -> Iterator[BatterySwapChanged]:
    for one in there[: max(0, len(there) - MOST + 1)]:
        yield BatterySwapChanged(station=one.station, at=now, key=one.key, battery_swap=None)


def hear_answer(event: BatterySwapAnswered, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note whether the station will."""
    one = rows.get(BatterySwap, swap_key(station.id, event.request))
    if one is not None and one.state is SwapState.ASKED:
        state = SwapState.REFUSED if event.reason else SwapState.AWAITED
        yield _kept(replace(one, state=state, at=now, reason=event.reason), now)


def hear(event: BatterySwapReported, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep a step; said twice it is the same."""
    yield event
    key = swap_key(station.id, event.request)
    before = rows.get(BatterySwap, key)
    if before is None:
        yield from _bounded(held(station, rows), now)
    one = before or BatterySwap(key=key, station=station.id, request=event.request, state=SwapState.BROUGHT, at=now)
    done = one.state in {SwapState.DONE, SwapState.TIMED_OUT}
    after = replace(
        one,
        state=one.state if done else STATES[event.step],
        at=event.at,
        subject=event.subject,
        brought=event.batteries if event.step is SwapStep.IN else one.brought,
        taken=event.batteries if event.step is SwapStep.OUT else one.taken,
    )
    yield _kept(after, now)


def obey(command: RequestBatterySwap, station: Station, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """At the station: be ready to give batteries out; what happens then its hardware tells.

    Raises:
        NotSupported: there are no batteries here.
        Refused: no new session is admitted.
    """
    if not policy.battery_swaps:
        raise NotSupported("there are no batteries here", code="NoBatterySwap")
    if station.blocked_by:
        raise Refused(f"no new session: {station.blocked_by}", code="NotAtThisTime")
    awaited = BatterySwap(
        key=swap_key(station.id, command.request),
        station=station.id,
        request=command.request,
        state=SwapState.AWAITED,
        at=now,
        subject=command.subject,
    )
    yield _kept(awaited, now)


USE_CASE = UseCase(
    clause="7.2.2",
    title="Data transfer: swaps of batteries",
    decide={
        (Role.CSMS, RequestBatterySwap): ask,
        (Role.CSMS, BatterySwapAnswered): hear_answer,
        (Role.CSMS, BatterySwapReported): hear,
        (Role.STATION, RequestBatterySwap): obey,
        (Role.STATION, BatterySwapReported): hear,
    },
    doors=(
        Door(
            command=RequestBatterySwap,
            noun="battery-swap",
            verb="request",
            roles=frozenset({Role.OPERATOR, Role.CSP, Role.EVU_DEVICE}),
        ),
    ),
)
