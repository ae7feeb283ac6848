# SPDX-License-Identifier: Apache-2.0
"""How the CSMS lets a station leave: step by step while it is there, at once where it is not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.ids import PrincipalId
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.deregistration import (
    LEAVING,
    STEPS,
    Deregistration,
    DeregistrationChanged,
    DeregistrationStep,
    StationDeregistered,
    Step,
)
from open63110.model.principal import PrincipalChanged
from open63110.model.station import Registration, Station
from open63110.ports import Rows
from open63110.usecases.stations.deregister_station.messages import (
    DeregisterStation,
    DeregistrationPlanned,
    DeregistrationStepEnded,
    GoOnDeregistering,
    WipeStation,
)

POLL: Final = timedelta(seconds=5)
"""Between two looks at whether transfers have ended, and messages have arrived."""

PATIENCE: Final = timedelta(seconds=40)
"""How long an order of a step may take, or a link may be away, before the next step is taken."""

QUIET: Final = timedelta(seconds=20)
"""How long a station may go on telling that cannot be asked whether it has more to tell."""

LONGEST: Final = 86_400.0

_WAKE: Final = LEAVING

AWAY = "Unreachable"


def order(command: DeregisterStation, station: Station, now: datetime) -> Iterator[Effect]:
    """Begin; one that was stolen, or is not there, is only kept out.

    Raises:
        Malformed: a time that cannot be.
        Refused: it has left already, or is leaving.
    """
    if not 0 < command.within <= LONGEST:
        raise Malformed(f"within is a number of seconds up to {LONGEST:g}", code="InvalidValue", where="within")
    if station.registration is Registration.DEREGISTERED or LEAVING in station.flags:
        raise Refused(f"{station.id} has left already, or is leaving", code="AlreadyDeregistered", where="station")
    begun = Deregistration(
        station=station.id,
        reason=command.reason,
        by=PrincipalId(command.by),
        asked=now,
        deadline=now + timedelta(seconds=command.within),
        wipe=command.wipe,
        place=station.zone or "",
    )
    if command.reason == "stolen" or not may_be_ordered(station):
        yield from _finish(replace(begun, steps=dict.fromkeys(STEPS[:-1], AWAY)), now)
        yield DeregistrationPlanned(at_once=True)
        return
    yield _changed(begun, now)
    yield from _take(begun, now)
    yield DeregistrationPlanned()


def _take(leaving: Deregistration, now: datetime) -> Iterator[Effect]:
    """Take the step that it stands at; what is ordered for it, a flow knows."""
    wait = POLL if leaving.step == "transfers" else PATIENCE
    yield _wake(leaving, now + wait)
    yield DeregistrationStep(station=leaving.station, at=now, step=leaving.step)
    if leaving.step == "wipe":
        yield WipeStation(station=leaving.station, wipe=leaving.wipe)


def _wake(leaving: Deregistration, at: datetime) -> Wake:
    again = GoOnDeregistering(station=leaving.station, step=leaving.step)
    return Wake(name=_WAKE, at=min(at, leaving.deadline), command=again)


def ended(command: DeregistrationStepEnded, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note how a step ended, and take the next."""
    leaving = rows.get(Deregistration, station.id)
    if leaving is None or leaving.done is not None or leaving.step != command.step:
        return
    noted = replace(leaving, steps={**leaving.steps, command.step: command.word})
    if command.step == "queue" and command.word == "waiting":
        yield _wake(leaving, now + POLL)
    elif command.step == "queue" and command.word not in {"done", "none"} and "queue" not in leaving.steps:
        yield _changed(noted, now)  # it cannot say whether it has more to tell, or has not, so it is given a while
        yield _wake(noted, now + QUIET)
    else:
        yield from _next(noted, command.step, now)


def _next(noted: Deregistration, behind: Step, now: datetime) -> Iterator[Effect]:
    following = STEPS[STEPS.index(behind) + 1]
    if following == "refused":
        yield from _finish(noted, now)
        return
    further = replace(noted, step=following)
    yield _changed(further, now)
    yield from _take(further, now)


def go_on(command: GoOnDeregistering, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Look again; at the deadline it is out, with what it has not done on record."""
    leaving = rows.get(Deregistration, station.id)
    if leaving is None or leaving.done is not None or leaving.step != command.step:
        return
    if now >= leaving.deadline:
        left = {step: "Deadline" for step in STEPS[:-1] if step not in leaving.steps}
        yield from _finish(replace(leaving, steps={**leaving.steps, **left}), now)
    elif leaving.step == "transfers" and any(one.ended is None for one in station.transfers.values()):
        yield _wake(leaving, now + POLL)
    elif leaving.step == "transfers" or (leaving.step == "queue" and "queue" in leaving.steps):
        word = leaving.steps.get(leaving.step, "done")
        yield from _next(replace(leaving, steps={**leaving.steps, leaving.step: word}), leaving.step, now)
    elif leaving.step == "queue":
        yield from _take(leaving, now)
    else:
        yield from _next(replace(leaving, steps={**leaving.steps, leaving.step: "NoAnswer"}), leaving.step, now)


def _finish(leaving: Deregistration, now: datetime) -> Iterator[Effect]:
    """Let it in no more: its password is forgotten, its zone is free of it, the record stays."""
    station = leaving.station
    yield _changed(replace(leaving, step="refused", done=now, steps={**leaving.steps, "refused": "done"}), now)
    yield PrincipalChanged(station=station, at=now, id=PrincipalId(station), principal=None)
    yield StationDeregistered(station=station, at=now, reason=leaving.reason)
    yield Wake(name=_WAKE, at=now, command=None)


def _changed(leaving: Deregistration, now: datetime) -> DeregistrationChanged:
    return DeregistrationChanged(station=leaving.station, at=now, deregistration=leaving)
