# SPDX-License-Identifier: Apache-2.0
"""Parts of a report are put together whatever happens to them on the way (8.3.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Wake
from open63110.model.device import Attribute, DeviceVariable, Inventory, InventoryScope, Mutability, variable_address
from open63110.model.inventory import (
    Discovery,
    InventoryDiffered,
    InventoryDifference,
    InventoryReported,
    ReportPage,
    TakeInventory,
    VariableDifference,
)
from open63110.model.policy import Policy
from open63110.model.station import Identity, Registration, Station, Wakeup
from open63110.usecases.stations.discover_configuration import AskInventory, GiveUpInventory, LookAtInventory, csms

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
POLICY = Policy()
HERE = Station(
    id=CS,
    connected=NOW - timedelta(hours=1),
    registration=Registration.ACCEPTED,
    wire="ocpp2.1",
    identity=Identity(vendor="v", model="m", firmware="1.0"),
)


def variable(name: str, value: str | None = "1", mutability: Mutability = Mutability.READ_WRITE) -> DeviceVariable:
    """One variable."""
    return DeviceVariable(address=variable_address(name), attributes=(Attribute(value=value, mutability=mutability),))


def part(seq: int, *variables: DeviceVariable, more: bool = True, request: int = 1) -> InventoryReported:
    """One part of a report."""
    return InventoryReported(station=CS, at=NOW, request=request, seq=seq, more=more, variables=variables)


class Finding:
    """A CSMS that finds out about one station."""

    def __init__(self, *rows: Any) -> None:
        self.rows, self.now, self.station = KeptRows(*rows), NOW, HERE

    def ask(self, **what: Any) -> list[Any]:
        command = TakeInventory(station=CS, **what)
        return self.rows.take(csms.ask(command, self.station, self.now, POLICY, self.rows))

    def hear(self, *parts: InventoryReported) -> list[Any]:
        return [one for told in parts for one in self.rows.take(csms.hear(told, self.station, self.now, self.rows))]

    def give_up(self, request: int = 1, **why: Any) -> list[Any]:
        command = GiveUpInventory(station=CS, request=request, **why)
        return self.rows.take(csms.give_up(command, self.station, self.now, POLICY, self.rows))

    def look(self, *, booted: bool) -> list[Any]:
        command = LookAtInventory(station=CS, booted=booted)
        return self.rows.take(csms.look(command, self.station, self.now, POLICY, self.rows))

    @property
    def discovery(self) -> Discovery:
        found = self.rows.get(Discovery, CS)
        assert found is not None
        return found

    @property
    def told(self) -> list[str]:
        found = self.rows.get(Inventory, CS)
        return [str(one.address) for one in found.variables] if found else []


def asked(effects: list[Any]) -> list[TakeInventory]:
    """What goes to the station."""
    return [one for one in effects if isinstance(one, TakeInventory)]


def test_a_report_in_one_part_is_an_inventory_in_order_of_addresses() -> None:
    at = Finding()
    (question,) = asked(at.ask())
    assert (question.request, question.scope) == (1, InventoryScope.FULL)
    at.hear(part(0, variable("B/b"), variable("A/a"), variable("A/a", "2"), more=False))
    assert at.told == ["A/a", "B/b"]
    assert (at.discovery.since, at.discovery.version, at.discovery.firmware) == (None, 1, "v|m||1.0")
    assert at.rows.load(ReportPage) == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 1, 2, 0), (2, 1, 0, 0, 2)])
def test_parts_may_come_in_any_order_and_twice(order: tuple[int, ...]) -> None:
    at = Finding()
    at.ask()
    at.hear(*(part(seq, variable(f"A/{seq}"), more=seq < 2) for seq in order))
    assert at.told == ["A/0", "A/1", "A/2"]
    assert at.rows.load(ReportPage) == []


def test_a_part_that_answers_another_question_says_nothing() -> None:
    at = Finding()
    assert at.hear(part(0, variable("A/a"), more=False)) == []
    at.ask()
    assert at.hear(part(0, variable("A/a"), more=False, request=7)) == []
    at.hear(part(0, more=False))
    assert at.hear(part(0, variable("A/a"), more=False)) == []
    assert at.told == []


def test_a_report_that_is_cut_off_is_asked_for_again_over_the_next_link() -> None:
    at = Finding()
    at.ask()
    at.hear(part(0, variable("A/0")), part(1, variable("A/1")))
    assert at.look(booted=False) == []  # the same link
    at.now += timedelta(minutes=1)
    at.station = Station(id=CS, connected=at.now, registration=Registration.ACCEPTED, wire="ocpp2.1")
    (again,) = asked(at.look(booted=False))
    assert again.request == 2
    assert at.rows.load(ReportPage) == []
    at.hear(part(2, variable("A/2"), more=False))  # of the report before
    assert at.told == []
    at.hear(part(0, variable("A/9"), more=False, request=2))
    assert at.told == ["A/9"]


def test_a_part_that_never_comes_is_waited_for_a_minute_and_then_asked_for_again() -> None:
    at = Finding()
    wake = next(one for one in at.ask() if isinstance(one, Wake))
    assert wake.at == NOW + timedelta(seconds=POLICY.order_deadline) + csms.PATIENCE
    at.now = NOW + timedelta(seconds=80)
    at.hear(part(0, variable("A/0")), part(2, variable("A/2"), more=False))
    at.now = wake.at
    (later,) = at.give_up()
    assert later.at == NOW + timedelta(seconds=80) + csms.PATIENCE
    at.now = later.at
    (again,) = asked(at.give_up())
    assert again.request == 2
    assert at.give_up() == []  # it is about the first question


def test_a_station_that_never_tells_all_is_given_up_and_what_was_known_counts_on() -> None:
    known = Inventory(station=CS, at=NOW, variables=(variable("A/old"),))
    at = Finding(known)
    at.ask()
    for request in range(1, csms.MOST_TRIES):
        assert asked(at.give_up(request, reason="NoAnswer"))
    assert not asked(at.give_up(csms.MOST_TRIES, reason="NoAnswer"))
    assert (at.discovery.since, at.discovery.trouble) == (None, "NoAnswer")
    assert at.told == ["A/old"]


def test_a_station_that_cannot_tell_all_is_asked_for_what_can_be_set() -> None:
    at = Finding()
    at.ask()
    (again,) = asked(at.give_up(reason="NotSupported", refused=True))
    assert again.scope is InventoryScope.CONFIGURATION
    assert not asked(at.give_up(2, reason="NotSupported", refused=True))
    assert at.discovery.trouble == "NotSupported"


def test_a_station_with_other_firmware_that_tells_no_more_than_can_be_set_is_not_asked_at_each_boot() -> None:
    old = Discovery(station=CS, request=3, firmware="v|m||0.9")
    at = Finding(old, Inventory(station=CS, at=NOW, variables=(variable("A/a"),)))
    assert at.look(booted=True)
    at.rows.take(csms.ask_soon(AskInventory(station=CS), HERE, NOW, POLICY, at.rows))
    at.give_up(4, reason="NotSupported", refused=True)
    at.hear(part(0, variable("A/a"), more=False, request=5))
    assert at.look(booted=True) == []


def test_a_station_that_left_is_asked_again_when_it_comes_back() -> None:
    at = Finding()
    at.ask()
    at.station = Station(id=CS)
    assert at.give_up() == []
    assert at.discovery.since is not None


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ((part(csms.MOST_PARTS, variable("A/a")),), "TooMany"),
        ((part(0, *(variable(f"A/{number}") for number in range(csms.MOST_VARIABLES + 1))),), "TooMany"),
        ((part(1, more=False), part(2, more=True)), "Confused"),
    ],
)
def test_a_report_without_end_or_sense_is_given_up(parts: tuple[InventoryReported, ...], why: str) -> None:
    at = Finding()
    at.ask()
    at.hear(*parts)
    assert (at.discovery.since, at.discovery.trouble, at.told) == (None, why, [])
    assert at.rows.load(ReportPage) == []


def test_a_whole_inventory_replaces_what_was_known_and_the_difference_is_told() -> None:
    at = Finding(Inventory(station=CS, at=NOW, version=4, variables=(variable("A/a"), variable("A/gone"))))
    at.ask()
    effects = at.hear(part(0, variable("A/a", "2"), variable("A/new"), more=False))
    (fact,) = [one for one in effects if isinstance(one, InventoryDiffered)]
    assert fact.inventory_difference is not None
    assert fact.inventory_difference.differences == (
        VariableDifference(variable="A/a", before="1", after="2"),
        VariableDifference(variable="A/gone", before="1", what="there"),
        VariableDifference(variable="A/new", after="1", what="there"),
    )
    found = at.rows.get(Inventory, CS)
    assert found is not None
    assert (found.version, found.firmware) == (5, "1.0")


def test_a_part_of_an_inventory_is_laid_over_what_was_known() -> None:
    at = Finding(Inventory(station=CS, at=NOW, variables=(variable("A/a"), variable("A/kept"))))
    at.ask(scope=InventoryScope.FILTERED, places=("A/a",))
    at.hear(part(0, variable("A/a", "2"), more=False))
    assert at.told == ["A/a", "A/kept"]
    assert at.discovery.firmware == ""  # not all is known


def test_the_newest_differences_are_kept_only() -> None:
    version = csms.KEPT_DIFFERENCES + 2
    old = csms.difference_id(CS, 3)
    at = Finding(
        Inventory(station=CS, at=NOW, version=version, variables=(variable("A/a"),)),
        InventoryDifference(id=old, station=CS, at=NOW, version=3),
    )
    at.ask()
    at.hear(part(0, variable("A/a", "2"), more=False))
    assert [one.version for one in at.rows.load(InventoryDifference)] == [version + 1]


def test_what_a_station_takes_at_a_time_and_what_is_secret_is_remembered() -> None:
    at = Finding()
    at.ask()
    at.hear(
        part(
            0,
            variable("DeviceDataCtrlr/ItemsPerMessage#SetVariables", "10", Mutability.READ_ONLY),
            variable("DeviceDataCtrlr/BytesPerMessage#SetVariables", "9000", Mutability.READ_ONLY),
            variable("DeviceDataCtrlr/ItemsPerMessage#GetVariables", "many"),
            variable("Vendor/Pin", "1234", Mutability.WRITE_ONLY),
            more=False,
        )
    )
    assert at.discovery.at_most("SetVariables") == (10, 9000)
    assert at.discovery.at_most("GetVariables") == (0, 0)
    assert at.discovery.secrets == ("Vendor/Pin",)
    assert "1234" not in repr(at.rows.get(Inventory, CS))


def test_a_new_station_is_asked_by_itself_within_a_minute_and_one_with_the_same_firmware_is_not() -> None:
    at = Finding()
    (wake,) = at.look(booted=True)
    assert timedelta(0) < wake.at - NOW < timedelta(seconds=60)
    soon = csms.ask_soon(AskInventory(station=CS), HERE, NOW, POLICY, at.rows)
    assert asked(at.rows.take(soon))
    at.hear(part(0, variable("A/a"), more=False))
    assert at.look(booted=True) == []
    at.station = Station(id=CS, connected=NOW, registration=Registration.ACCEPTED, identity=Identity(firmware="2.0"))
    assert len(at.look(booted=True)) == 1
    assert at.look(booted=False) == []


def test_a_station_that_was_away_when_its_time_came_is_asked_once_it_is_back() -> None:
    at = Finding()
    assert at.look(booted=True)
    assert list(csms.ask_soon(AskInventory(station=CS), Station(id=CS), NOW, POLICY, at.rows)) == []
    (wake,) = at.look(booted=False)
    assert timedelta(seconds=60) < wake.at - NOW < timedelta(hours=1)
    waits = replace(HERE, wakeups={wake.name: Wakeup(at=wake.at, body=b"")})
    again = LookAtInventory(station=CS)
    assert list(csms.look(again, waits, NOW, POLICY, at.rows)) == []  # however often it leaves, its time stands
    assert list(csms.look(again, HERE, NOW, Policy(inventory="never"), at.rows)) == []


@pytest.mark.parametrize(("policy", "asks"), [("never", False), ("each-boot", True)])
def test_the_operator_chooses_when_stations_are_asked_by_themselves(policy: Any, asks: bool) -> None:
    known = Discovery(station=CS, firmware=csms.device_of(HERE.identity))
    rows = KeptRows(known)
    command = LookAtInventory(station=CS, booted=True)
    assert bool(list(csms.look(command, HERE, NOW, Policy(inventory=policy), rows))) is asks


def test_stations_are_not_asked_all_at_once() -> None:
    moments = {csms._apart(StationId(f"CS-{number}"), POLICY) for number in range(100)}
    assert len(moments) > 50


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": InventoryScope.FILTERED},
        {"places": ("A",)},
        {"scope": InventoryScope.FILTERED, "places": ("A/b/c",)},
        {"scope": InventoryScope.FILTERED, "places": ("A",) * 201},
    ],
)
def test_a_filter_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        Finding().ask(**wrong)
