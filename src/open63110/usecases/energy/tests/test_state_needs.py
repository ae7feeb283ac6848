# SPDX-License-Identifier: Apache-2.0
"""What EV users need, whose word counts, and where it is kept (7.4, DD-1)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Event
from open63110.kernel.roles import Role
from open63110.kernel.units import Amperes, Percent, WattHours, Watts
from open63110.model.needs import Needs, NeedsAnswer, NeedsStated
from open63110.model.station import ConnectorReported, Evse, Station
from open63110.model.transfer import EnergyTransfer, EnergyTransferStarted
from open63110.usecases.energy.state_needs import USE_CASE, StateNeeds, hear, merged, state

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS, ONE, REF = StationId("CS"), EvseNumber(1), TransferReference("t1")
FREE = Station(id=CS, evses={ONE: Evse(number=ONE)})
TRANSFER = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, evse=ONE, began=NOW)
BUSY = replace(FREE, transfers={REF: replace(TRANSFER, base=TRANSFER)})
EV = Needs(source="ev", since=NOW, e_target=WattHours(9_000.0), p_max=Watts(11_000.0), i_max=Amperes(16.0), phases=3)
LATER = NOW + timedelta(hours=2)


def play(station: Station, effects: Iterable[Effect]) -> tuple[list[Effect], Station]:
    taken = list(effects)
    for one in taken:
        if isinstance(one, Event):
            station = USE_CASE.evolve[type(one)](one, station)
    return taken, station


def said(needs: Needs = EV, **more: Any) -> NeedsStated:
    fields: dict[str, Any] = {"station": CS, "at": NOW, "evse": ONE, "needs": needs} | more
    return NeedsStated(**fields)


def test_needs_belong_to_the_transfer_at_the_evse_also_as_it_was_before_late_facts() -> None:
    _, station = play(BUSY, hear(said(), BUSY))
    transfer = station.transfers[REF]
    assert (transfer.needs, transfer.base and transfer.base.needs) == (EV, EV)
    effects, _ = play(station, hear(said(reference=REF), station))
    assert effects == [NeedsAnswer(planned=False)]


def test_what_was_said_before_the_transfer_is_about_it() -> None:
    _, station = play(FREE, hear(said(), FREE))
    assert station.evses[ONE].needs == EV
    station = replace(station, transfers={REF: TRANSFER})
    start = EnergyTransferStarted(station=CS, at=NOW, reference=REF, seq=0, evse=ONE)
    station = USE_CASE.evolve[EnergyTransferStarted](start, station)
    assert (station.transfers[REF].needs, station.evses[ONE].needs) == (EV, None)
    assert USE_CASE.evolve[EnergyTransferStarted](start, station) is station


def test_what_somebody_needed_who_left_is_forgotten() -> None:
    _, station = play(FREE, hear(said(), FREE))
    report = ConnectorReported(station=CS, at=NOW, evse=ONE, connector=ConnectorNumber(1), state="occupied")
    evolve = USE_CASE.evolve[ConnectorReported]
    assert evolve(report, station) is station
    assert evolve(replace(report, state="available"), station).evses[ONE].needs is None


def test_a_persons_word_wins_and_the_ev_knows_itself_best() -> None:
    person = Needs(source="csp", since=NOW, departure=LATER, e_target=WattHours(20_000.0), priority=True)
    both = merged(EV, person)
    assert (both.source, both.departure, both.e_target, both.priority) == ("csp", LATER, 20_000.0, True)
    assert (both.p_max, both.i_max, both.phases) == (11_000.0, 16.0, 3)
    again = merged(both, replace(EV, soc_now=Percent(40.0), e_target=WattHours(1.0)))
    assert (again.source, again.e_target, again.soc_now, again.phases) == ("csp", 20_000.0, 40.0, 3)
    assert merged(again, Needs(source="hmi", since=LATER, departure=LATER)).e_target is None
    assert merged(EV, replace(EV, phases=1)).phases == 1


def test_people_say_needs_through_a_door_under_their_own_kind() -> None:
    command = StateNeeds(station=CS, evse=ONE, departure=LATER, energy=WattHours(20_000.0), urgent=True)
    _, station = play(BUSY, state(command.asked_by("app", Role.CSP), BUSY, NOW))
    needs = station.transfers[REF].needs
    assert needs == Needs(source="csp", since=NOW, departure=LATER, e_target=WattHours(20_000.0), priority=True)
    assert command.asked_by("ann", Role.OPERATOR).source == "hmi"


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"reference": TransferReference("t2")}, Unknown),
        ({"evse": EvseNumber(7)}, Unknown),
        ({"energy": -1.0}, Malformed),
        ({"departure": NOW}, Malformed),
    ],
)
def test_impossible_needs_are_refused(wrong: dict[str, Any], fault: type[Exception]) -> None:
    fields: dict[str, Any] = {"station": CS} | wrong
    with pytest.raises(fault):
        list(state(StateNeeds(**fields), BUSY, NOW))
