# SPDX-License-Identifier: Apache-2.0
"""Clause 8.4.3, its transport and what a reserved EVSE refuses: both ends."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.flows.drop_reservations import then as drop_then
from open63110.kernel.errors import Malformed, Refused, Unavailable, Unknown
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Event, Wake
from open63110.kernel.roles import Role
from open63110.model.authorization import kept_from, own_reservation, reserved_for
from open63110.model.reservation import Reservation
from open63110.model.station import Connector, Evse, Grant, Registration, Station
from open63110.model.token import Token
from open63110.model.transfer import EnergyTransferStarted
from open63110.usecases.services.reserve_evse import (
    USE_CASE,
    CancelReservation,
    DropReservations,
    EndReservation,
    ReservationEnded,
    ReservationMade,
    ReserveEvse,
    csms,
    station,
)
from open63110.usecases.stations.change_availability import AvailabilityChanged
from open63110.usecases.stations.monitor_station import FaultAppeared

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)
CS = StationId("CS-1")
E1, E2, C1 = EvseNumber(1), EvseNumber(2), ConnectorNumber(1)
ANNA, BERT, FLEET = SubjectRef("anna"), SubjectRef("bert"), SubjectRef("fleet")
FREE = {C1: Connector(state="available", at=NOW)}
IDLE = Station(
    id=CS,
    registration=Registration.ACCEPTED,
    connected=NOW,
    evses={one: Evse(number=one, connectors=FREE) for one in (E1, E2)},
)


class Tokens:
    """What the CSMS knows of cards."""

    def token(self, ref: SubjectRef) -> Token | None:
        return Token(ref=ref, kind="ISO14443", group=FLEET if ref == ANNA else None) if ref in {ANNA, BERT} else None

    def in_use(self, ref: SubjectRef) -> int:
        return 0

    def local_tokens(self) -> Sequence[Token]:
        return ()


class Ids:
    """Numbers transfers."""

    def transfer(self) -> TransferNumber:
        return TransferNumber(2**31 + 5)


TOKENS, IDS = Tokens(), Ids()


def wish(subject: SubjectRef = ANNA, evse: int = 1, number: int = 7, **more: Any) -> ReserveEvse:
    return ReserveEvse(station=CS, subject=subject, until=LATER, evse=EvseNumber(evse), reservation=number, **more)


def asked(command: ReserveEvse, at: Station = IDLE) -> list[Effect]:
    return list(csms.ask(command, at, TOKENS, IDS, NOW))  # type: ignore[arg-type] # what is asked of them


def changed(effects: Iterable[Effect], at: Station) -> Station:
    for effect in effects:
        if isinstance(effect, Event) and type(effect) in USE_CASE.evolve:
            at = USE_CASE.evolve[type(effect)](effect, at)
        elif isinstance(effect, Wake):
            wakeups = {name: one for name, one in at.wakeups.items() if name != effect.name}
            at = replace(at, wakeups=wakeups | ({effect.name: None} if effect.command else {}))
    return at


def kept(*wishes: ReserveEvse) -> Station:
    there = IDLE
    for one in wishes:
        there = changed(station.obey(one, there, NOW), there)
    return there


# --- whom it keeps out ---


def test_a_reserved_evse_is_for_whom_it_is_reserved_and_for_nobody_else() -> None:
    there = kept(wish())
    assert kept_from(there, E1, ANNA, None, NOW) is None
    assert kept_from(there, E1, BERT, None, NOW) is not None
    assert kept_from(there, E2, BERT, None, NOW) is None
    assert kept_from(there, E1, BERT, None, LATER) is None
    assert kept_from(IDLE, E1, BERT, None, NOW) is None


def test_a_group_may_use_what_was_reserved_for_one_of_it() -> None:
    there = kept(wish(group=FLEET))
    assert kept_from(there, E1, BERT, FLEET, NOW) is None
    assert kept_from(there, E1, FLEET, None, NOW) is None
    assert kept_from(there, E1, BERT, SubjectRef("other"), NOW) is not None
    assert kept_from(kept(wish()), E1, BERT, None, NOW) is not None


def test_for_any_evse_all_are_kept_once_no_more_are_free_than_are_reserved() -> None:
    one = kept(wish(evse=0))
    assert kept_from(one, E1, BERT, None, NOW) is None
    taken = replace(one, evses=one.evses | {E2: replace(one.evses[E2], grant=grant(BERT))})
    assert kept_from(taken, E1, BERT, None, NOW) is not None
    assert kept_from(taken, E1, ANNA, None, NOW) is None
    both = kept(wish(evse=0), wish(BERT, evse=0, number=8))
    assert reserved_for(both, E1, NOW) is not None
    assert reserved_for(both, E2, NOW) is not None


def grant(subject: SubjectRef) -> Grant:
    return Grant(subject=subject, method="csms", at=NOW, until=LATER)


def test_whoever_comes_uses_that_for_the_very_evse_first() -> None:
    there = kept(wish(evse=0), wish(evse=2, number=8))
    assert own_reservation(there, E2, ANNA, None, NOW) == there.reservations[1]
    assert own_reservation(there, E1, ANNA, None, NOW) == there.reservations[0]
    assert own_reservation(there, E1, BERT, None, NOW) is None


# --- at the station ---


def test_it_is_kept_until_its_time_is_over() -> None:
    there = kept(wish())
    assert there.wakeups.keys() == {"reservation:7"}
    (over,) = csms.end(EndReservation(station=CS, reservation=7), there, LATER)
    assert isinstance(over, ReservationEnded)
    assert over.reason == "expired"
    assert changed([over], there).reservations == ()
    assert list(csms.end(EndReservation(station=CS, reservation=7), IDLE, LATER)) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"connectors": {C1: Connector(state="faulted", at=NOW)}}, "Faulted"),
        ({"connectors": {C1: Connector(state="unavailable", at=NOW)}}, "Unavailable"),
        ({"connectors": {C1: Connector(state="occupied", at=NOW)}}, "Occupied"),
        ({"grant": grant(BERT)}, "Occupied"),
    ],
)
def test_what_is_not_free_cannot_be_kept(change: dict[str, Any], code: str) -> None:
    there = replace(IDLE, evses=IDLE.evses | {E1: replace(IDLE.evses[E1], **change)})
    with pytest.raises(Refused) as caught:
        list(station.obey(wish(), there, NOW))
    assert caught.value.code == code
    assert list(station.obey(wish(evse=0), there, NOW))


def test_what_is_kept_for_one_is_not_kept_for_another_but_may_be_replaced() -> None:
    there = kept(wish())
    with pytest.raises(Refused):
        list(station.obey(wish(BERT, number=8), there, NOW))
    assert [one.subject for one in changed(station.obey(wish(BERT), there, NOW), there).reservations] == [BERT]


def test_no_more_are_kept_than_there_are() -> None:
    full = kept(wish(evse=0), wish(BERT, evse=0, number=8))
    with pytest.raises(Refused):
        list(station.obey(wish(evse=0, number=9), full, NOW))
    with pytest.raises(Refused) as caught:
        list(station.obey(wish(evse=3), IDLE, NOW))
    assert caught.value.code == "Rejected"
    with pytest.raises(Refused):
        list(station.obey(wish(), IDLE, LATER))


def test_the_csms_takes_it_back() -> None:
    there = kept(wish())
    after = changed(station.cancel(CancelReservation(station=CS, reservation=7), there, NOW), there)
    assert (after.reservations, after.wakeups) == ((), {})
    with pytest.raises(Unknown):
        list(station.cancel(CancelReservation(station=CS, reservation=7), after, NOW))


def test_an_evse_that_breaks_down_or_goes_out_of_use_is_kept_no_longer() -> None:
    there = kept(wish(), wish(BERT, evse=2, number=8))
    after = changed(station.drop(DropReservations(station=CS, evse=E1), there, NOW), there)
    assert [one.id for one in after.reservations] == [8]
    assert changed(station.drop(DropReservations(station=CS, evse=EvseNumber(0)), there, NOW), there).reservations == ()
    broken = FaultAppeared(station=CS, at=NOW, evse=1, code="GroundFailure")
    out = AvailabilityChanged(station=CS, at=NOW, operative=False, evse=E1)
    for leads in (broken, out):
        assert list(drop_then(leads, there)) == [DropReservations(station=CS, evse=E1)]
        assert list(drop_then(leads, IDLE)) == []
    for harmless in (replace(broken, code=""), replace(out, operative=True), replace(out, connector=C1)):
        assert list(drop_then(harmless, there)) == []


def test_whoever_starts_uses_it_up() -> None:
    there = kept(wish())
    start = EnergyTransferStarted(station=CS, at=NOW, reference=TransferReference("t"), seq=0, evse=E1, reservation=7)
    assert changed([start], there).reservations == ()
    assert changed([replace(start, reservation=None)], there) == there
    assert changed([start], IDLE) == IDLE


# --- at the CSMS ---


def test_the_wish_is_passed_on_with_a_number_and_the_group_of_the_card() -> None:
    (command,) = asked(wish(number=0))
    assert isinstance(command, ReserveEvse)
    assert (0 < command.reservation < 2**31, command.group) == (True, FLEET)
    assert asked(wish()) == [wish(group=FLEET)]


def test_a_station_that_accepts_keeps_it_and_where_nobody_tells_its_end_the_clock_does() -> None:
    made = ReservationMade(station=CS, at=NOW, reservation=wish().made())
    fact, wake = csms.hear_made(made)
    assert fact == made
    assert isinstance(wake, Wake)
    assert wake.at == LATER + csms.GRACE
    there = changed([fact, wake], IDLE)
    ended = ReservationEnded(station=CS, at=NOW, reservation=7)
    after = changed(csms.hear_ended(ended, there, NOW), there)
    assert (after.reservations, after.wakeups) == ((), {})
    assert list(csms.hear_ended(ended, after, NOW)) == [ended]


@pytest.mark.parametrize(
    ("command", "trouble", "code"),
    [
        (wish(SubjectRef("nobody")), Refused, "TokenUnknown"),
        (wish(evse=3), Unknown, "UnknownEvse"),
        (wish(BERT, number=8), Refused, "Occupied"),
        (replace(wish(), until=NOW), Refused, "InvalidValue"),
        (wish(number=-1), Malformed, "OutOfRange"),
        (wish(number=2**31), Malformed, "OutOfRange"),
    ],
)
def test_what_can_be_known_here_is_checked(command: ReserveEvse, trouble: type[Exception], code: str) -> None:
    with pytest.raises(trouble) as caught:
        asked(command, replace(IDLE, reservations=(Reservation(id=7, evse=E1, subject=ANNA, until=LATER),)))
    assert caught.value.code == code  # type: ignore[attr-defined] # a Trouble


def test_what_ends_with_the_calendar_is_refused_before_a_station_hears_of_it() -> None:
    with pytest.raises(OverflowError):  # of which whoever orders makes what people are told
        asked(replace(wish(), until=datetime.max.replace(tzinfo=UTC)))


def test_of_who_is_away_nothing_is_kept() -> None:
    away = replace(IDLE, connected=None, reservations=(Reservation(id=7, evse=E1, subject=ANNA, until=LATER),))
    with pytest.raises(Unavailable):
        asked(wish(), away)
    with pytest.raises(Unavailable):
        list(csms.cancel(CancelReservation(station=CS, reservation=7), away))


def test_what_nobody_reserved_cannot_be_cancelled() -> None:
    with pytest.raises(Unknown):
        list(csms.cancel(CancelReservation(station=CS, reservation=9), IDLE))
    there = replace(IDLE, reservations=(Reservation(id=7, evse=E1, subject=ANNA, until=LATER),))
    assert list(csms.cancel(CancelReservation(station=CS, reservation=7), there)) == [
        CancelReservation(station=CS, reservation=7)
    ]


def test_the_operator_asks() -> None:
    assert {door.verb: door.roles for door in USE_CASE.doors} == {
        "reserve": frozenset({Role.OPERATOR}),
        "cancel-reservation": frozenset({Role.OPERATOR}),
    }
