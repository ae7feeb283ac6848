# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.15: strangers whom the operator expects, by voucher or by list."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.flows.place_by_voucher import then as place
from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect, Event
from open63110.model.policy import Policy
from open63110.model.site import Zone
from open63110.model.station import Identity, Registration, RegistrationDecided, Station, StationBooted
from open63110.model.voucher import Voucher, VoucherChanged
from open63110.usecases.energy.describe_site import PlaceStation
from open63110.usecases.stations.onboard_station import USE_CASE, PutVoucher, RegistrationAnswer, WithdrawVoucher
from open63110.usecases.stations.onboard_station.csms import hear_boot
from open63110.usecases.stations.onboard_station.vouchers import listed, put, withdraw

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS, NOBODY = StationId("CS-1"), StationId("")
BOOT = StationBooted(station=CS, at=NOW, identity=Identity(vendor="Volt", model="One", serial="SN-7"), reason="PowerUp")
VOUCHER = Voucher(id="v1", serial="SN-7", site="north", zone="1", note="bay 4")
WAITS = Station(id=CS, registration=Registration.QUARANTINED)


def booted(station: Station | None, *vouchers: Voucher, event: StationBooted = BOOT, **policy: Any) -> list[Effect]:
    return list(hear_boot(event, station, NOW, Policy(**policy), KeptRows(*vouchers)))


def answered(effects: Iterable[Effect]) -> Registration:
    (answer,) = [one for one in effects if isinstance(one, RegistrationAnswer)]
    return answer.registration


def after(effects: Iterable[Effect], station: Station | None) -> Station:
    station = station or Station(id=CS)
    for effect in effects:
        if isinstance(effect, Event) and effect.about == "station":
            station = USE_CASE.evolve[type(effect)](effect, station)
    return station


@pytest.mark.parametrize("station", [None, WAITS])
def test_a_stranger_with_a_voucher_is_let_in_and_known_from_then_on(station: Station | None) -> None:
    effects = booted(station, VOUCHER)
    assert answered(effects) is Registration.ACCEPTED
    there = after(effects, station)
    assert (there.registration, there.note, there.identity.serial) == (Registration.ACCEPTED, "bay 4", "SN-7")
    (used,) = [one for one in effects if isinstance(one, VoucherChanged)]
    assert used.voucher == replace(VOUCHER, used_by=CS, used=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"serial": "SN-8"},
        {"identity": "CS-2"},
        {"vendor": "Other"},
        {"model": "Two"},
        {"until": NOW},
        {"used_by": "CS-9"},
    ],
)
def test_a_voucher_is_for_one_machine_once_and_in_its_time(change: dict[str, Any]) -> None:
    effects = booted(None, replace(VOUCHER, **change))
    assert answered(effects) is Registration.PENDING
    assert after(effects, None).registration is Registration.QUARANTINED
    assert not [one for one in effects if isinstance(one, VoucherChanged)]


def test_a_machine_that_does_not_say_its_serial_number_has_no_voucher() -> None:
    silent = replace(BOOT, identity=Identity(vendor="Volt", model="One"))
    assert answered(booted(None, VOUCHER, event=silent)) is Registration.PENDING


def test_spelling_does_not_matter_and_using_it_again_is_no_second_use() -> None:
    effects = booted(None, replace(VOUCHER, vendor="VOLT", model="one", identity=CS))
    assert answered(effects) is Registration.ACCEPTED
    assert answered(booted(WAITS, replace(VOUCHER, used_by=CS))) is Registration.ACCEPTED


def test_a_voucher_does_not_let_in_whom_the_operator_refused() -> None:
    refused = Station(id=CS, registration=Registration.REJECTED)
    assert answered(booted(refused, VOUCHER)) is Registration.REJECTED
    assert answered(booted(None, VOUCHER, unknown_stations="refuse")) is Registration.ACCEPTED


@pytest.mark.parametrize(
    ("admit", "is_listed"),
    [(("CS-1",), True), (("cs-*",), True), (("SN-7",), True), (("*",), True), (("CS-10", "SN", "S*-7", ""), False), ((), False)],
)
def test_who_stands_on_the_list_is_let_in(admit: tuple[str, ...], is_listed: bool) -> None:
    assert listed(BOOT, Policy(admit=admit)) is is_listed
    assert (answered(booted(None, admit=admit)) is Registration.ACCEPTED) is is_listed


def test_an_empty_serial_number_is_on_no_list() -> None:
    nameless = replace(BOOT, station=StationId("X"), identity=Identity())
    assert not listed(nameless, Policy(admit=("CS-*", "SN-*")))


def test_a_machine_stands_where_its_voucher_says_if_there_is_such_a_place() -> None:
    class Places:
        def zone(self, key: str) -> Zone | None:
            return Zone(id="1", site="north", import_max=22_000.0, failsafe=0.0) if key == "north:1" else None  # type: ignore[arg-type] # literals

    places: Any = Places()
    used = VoucherChanged(station=CS, at=NOW, voucher=replace(VOUCHER, used_by=CS))
    (command,) = place(used, places)
    assert isinstance(command, PlaceStation)
    assert (command.station, command.site, command.zone) == (CS, "north", "1")
    for other in (replace(VOUCHER, used_by=CS, zone="9"), replace(VOUCHER, used_by=CS, zone=""), VOUCHER, None):
        assert list(place(replace(used, voucher=other), places)) == []


def test_the_operator_gives_vouchers_and_takes_them_back() -> None:
    wish = PutVoucher(station=NOBODY, id="v1", serial=" SN-7 ", site="north", zone="1", note="bay 4")
    assert [one.voucher for one in put(wish, KeptRows(), NOW) if isinstance(one, VoucherChanged)] == [VOUCHER]
    with pytest.raises(Refused):
        list(put(wish, KeptRows(replace(VOUCHER, used_by=CS)), NOW))
    for wrong in (replace(wish, serial=" "), replace(wish, id=""), replace(wish, until=NOW - timedelta(days=1))):
        with pytest.raises(Malformed):
            list(put(wrong, KeptRows(), NOW))
    back = WithdrawVoucher(station=NOBODY, id="v1")
    (gone,) = withdraw(back, KeptRows(VOUCHER), NOW)
    assert gone == VoucherChanged(station=NOBODY, at=NOW, voucher=None, id="v1")
    with pytest.raises(Unknown):
        list(withdraw(back, KeptRows(), NOW))


def test_what_a_stranger_is_told_it_may_do_it_may() -> None:
    decided = [one for one in booted(None, VOUCHER) if isinstance(one, RegistrationDecided)]
    assert [one.registration for one in decided] == [Registration.ACCEPTED]
