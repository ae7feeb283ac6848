# SPDX-License-Identifier: Apache-2.0
"""Clause 8.4.7, default tariffs of stations: what both ends keep, what a station refuses, and what counts when."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.errors import Malformed, NotSupported, Refused, Trouble, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.roles import Role
from open63110.model.charging_tariff import (
    ChargingTariff,
    ConditionalPrice,
    PriceCondition,
    PriceList,
    StationTariff,
    TariffAssigned,
    TariffKind,
    in_force,
)
from open63110.model.policy import StationPolicy
from open63110.model.station import Evse, Registration, Station
from open63110.usecases.services.tariff_at_station import (
    USE_CASE,
    AskStationTariffs,
    ClearStationTariffs,
    DefaultTariffSet,
    SetDefaultTariff,
    StationTariffsAnswer,
    StationTariffsCleared,
    StationTariffsReported,
    TariffsClearedAnswer,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
CS, ONE, TWO, ALL = StationId("CS-1"), EvseNumber(1), EvseNumber(2), EvseNumber(0)
STATION = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW, evses={ONE: Evse(number=ONE), TWO: Evse(number=TWO)})


def tariff(id: str = "T-1", price: str = "0.45", since: datetime | None = None, **when: Any) -> ChargingTariff:
    one = ConditionalPrice(price=Decimal(price), when=PriceCondition(**when))
    return ChargingTariff(id=id, currency="EUR", valid_from=since, energy=PriceList(prices=(one,)))


class End(KeptRows):
    """One end with its rows."""

    def __init__(self, role: Role, **policy: Any) -> None:
        super().__init__()
        self.role, self.now, self.policy = role, NOW, StationPolicy(**policy)

    def do(self, message: Any, station: Station = STATION) -> list[Any]:
        decide: Callable[..., Any] = USE_CASE.decide[self.role, type(message)]
        given: dict[str, Any] = {"station": station, "now": self.now, "policy": self.policy, "rows": self}
        names = decide.__code__.co_varnames[1 : decide.__code__.co_argcount]
        return self.take(decide(message, **{name: given[name] for name in names}))

    def put(self, one: Any = None, evse: EvseNumber = ALL) -> list[Any]:  # type: ignore[override] # a tariff here, not a row
        return self.do(SetDefaultTariff(station=CS, evse=evse, tariff=one or tariff()))

    def held(self) -> list[tuple[int, str]]:
        return [(one.evse, one.id) for one in self.load(StationTariff) if one.ended is None]

    def counts(self, evse: EvseNumber, at: datetime) -> str:
        found = in_force(self.load(StationTariff), evse, at)
        return found.id if found else ""


def test_what_is_set_counts_from_its_moment_on_and_not_before() -> None:
    end = End(Role.STATION)
    end.put(tariff("old"))
    end.put(tariff("new", since=LATER))
    assert end.held() == [(0, "new"), (0, "old")]
    moment = timedelta(microseconds=1)
    assert [end.counts(ONE, at) for at in (NOW, LATER - moment, LATER)] == ["old", "old", "new"]
    end.now = LATER + moment
    end.put(tariff("newest"))
    assert end.held() == [(0, "newest")], "what will never count again is not kept"


def test_what_was_valid_before_it_came_counts_as_it_comes() -> None:
    end = End(Role.STATION)
    end.put(tariff("old"))
    end.now = NOW + timedelta(minutes=1)
    end.put(tariff("new", since=NOW - timedelta(days=1)))
    assert end.held() == [(0, "new")]


def test_one_for_an_evse_takes_the_place_there_only_and_one_for_all_everywhere() -> None:
    end = End(Role.STATION)
    end.put(tariff("all"))
    end.now += timedelta(seconds=1)
    end.put(tariff("mine"), ONE)
    assert (end.counts(ONE, end.now), end.counts(TWO, end.now)) == ("mine", "all")
    end.now += timedelta(seconds=1)
    end.put(tariff("other"))
    assert end.held() == [(0, "other")]


@pytest.mark.parametrize(
    ("one", "kind", "code"),
    [
        (tariff("T-1", "0.46"), Refused, "DuplicateTariffId"),
        (replace(tariff("T-2"), energy=PriceList(prices=tariff().energy.prices * 3)), Refused, "TooManyElements"),  # type: ignore[union-attr] # it has one
        (replace(tariff("T-2"), currency="XYZ"), Refused, "UnknownCurrency"),
        (
            replace(tariff("T-2"), energy=None, fixed_fee=tariff(payment_brand="Acme").energy),
            NotSupported,
            "ConditionNotSupported",
        ),
    ],
)
def test_a_station_says_why_it_cannot_keep_to_a_tariff(one: ChargingTariff, kind: type[Trouble], code: str) -> None:
    end = End(Role.STATION, tariff_prices=2)
    end.put()
    with pytest.raises(kind) as refused:
        end.put(one)
    assert refused.value.code == code
    assert end.held() == [(0, "T-1")]


def test_a_station_holds_no_more_than_it_can_and_the_same_again_is_no_more() -> None:
    end = End(Role.STATION, tariffs=2)
    for id in ("T-1", "T-2", "T-1"):
        end.put(tariff(id, since=LATER))
    with pytest.raises(Refused, match="all it can hold"):
        end.put(tariff("T-3", since=LATER))


def test_a_station_tells_what_it_has_of_an_evse_or_of_all() -> None:
    end = End(Role.STATION)
    end.put(tariff("all"))
    end.put(tariff("mine", since=LATER), ONE)
    end.put(tariff("mine", since=LATER), TWO)
    (said,) = end.do(AskStationTariffs(station=CS))
    mine = TariffAssigned(id="mine", valid_from=LATER, evses=(ONE, TWO))
    assert said == StationTariffsAnswer(tariffs=(TariffAssigned(id="all", evses=(ALL,)), mine))
    (said,) = end.do(AskStationTariffs(station=CS, evse=ONE))
    assert [one.id for one in said.tariffs] == ["all", "mine"]
    with pytest.raises(Unknown):
        end.do(AskStationTariffs(station=CS, evse=EvseNumber(9)))


def test_a_station_lets_go_what_it_is_told_to_and_says_what_was_never_there() -> None:
    end = End(Role.STATION)
    end.put(tariff("all"))
    end.put(tariff("mine", since=LATER), ONE)
    assert end.do(ClearStationTariffs(station=CS, ids=("mine", "none"), evse=TWO))[-1] == TariffsClearedAnswer(
        unknown=("mine", "none")
    )
    assert end.do(ClearStationTariffs(station=CS, ids=("mine", "none")))[-1] == TariffsClearedAnswer(
        gone=("mine",), unknown=("none",)
    )
    assert end.do(ClearStationTariffs(station=CS))[-1] == TariffsClearedAnswer(gone=("all",))
    assert end.held() == []


def test_the_csms_knows_what_a_station_has_taken_and_what_it_has_let_go() -> None:
    end = End(Role.CSMS)
    assert [type(one) for one in end.put()] == [SetDefaultTariff]
    assert end.held() == [], "nothing is known until the station has said yes"
    end.do(DefaultTariffSet(station=CS, at=NOW, tariff=tariff()))
    end.now = LATER
    end.do(DefaultTariffSet(station=CS, at=NOW, tariff=tariff("T-2")))
    assert end.held() == [(0, "T-2")]
    end.do(StationTariffsCleared(station=CS, at=NOW, ids=("T-1",)))
    assert end.held() == [(0, "T-2")]
    end.do(StationTariffsCleared(station=CS, at=NOW))
    assert end.held() == []


def test_the_csms_believes_what_a_station_says_it_has() -> None:
    end = End(Role.CSMS)
    end.do(DefaultTariffSet(station=CS, at=NOW, tariff=tariff()))
    found = TariffAssigned(id="X", kind=TariffKind.DRIVER)
    end.do(StationTariffsReported(station=CS, at=NOW, tariffs=(TariffAssigned(id="T-1", evses=(ONE, TWO)), found)))
    assert end.held() == [(0, "X"), (1, "T-1"), (2, "T-1")]
    assert [one.tariff for one in end.load(StationTariff) if one.ended is None] == [None, tariff(), tariff()], (
        "what it says is known from here"
    )
    end.do(StationTariffsReported(station=CS, at=NOW, evse=ONE))
    assert end.held() == [(0, "X"), (2, "T-1")]
    end.do(StationTariffsReported(station=CS, at=NOW))
    assert end.held() == []


def test_what_an_evse_has_of_one_for_all_is_not_known_twice() -> None:
    end = End(Role.CSMS)
    end.do(DefaultTariffSet(station=CS, at=NOW, tariff=tariff()))
    end.do(StationTariffsReported(station=CS, at=NOW, evse=ONE, tariffs=(TariffAssigned(id="T-1", evses=(ONE,)),)))
    assert end.held() == [(0, "T-1")]


def test_the_csms_remembers_what_counted_when() -> None:
    end = End(Role.CSMS)
    hour = timedelta(hours=1)
    end.do(DefaultTariffSet(station=CS, at=NOW, tariff=tariff("old")))
    end.now = NOW + hour
    end.do(DefaultTariffSet(station=CS, at=NOW, tariff=tariff("new", since=NOW + 3 * hour)))
    end.do(DefaultTariffSet(station=CS, at=NOW, tariff=tariff("never", since=NOW + 9 * hour)))
    end.now = NOW + 4 * hour
    end.do(DefaultTariffSet(station=CS, at=NOW, evse=ONE, tariff=tariff("mine")))
    assert "old" not in [id for _, id in end.held()]
    end.now = NOW + 5 * hour
    end.do(StationTariffsCleared(station=CS, at=NOW))
    assert end.held() == []
    before = NOW + 3 * hour - timedelta(seconds=30)
    moments = [NOW - hour, NOW, before, NOW + 3 * hour, NOW + 4 * hour, NOW + 5 * hour, NOW + 9 * hour]
    assert [end.counts(ONE, at) for at in moments] == ["", "old", "old", "new", "mine", "", ""]
    assert [end.counts(TWO, at) for at in moments] == ["", "old", "old", "new", "new", "", ""]


def test_what_was_set_anew_counted_before_as_it_was_then() -> None:
    end = End(Role.CSMS)
    end.do(DefaultTariffSet(station=CS, at=NOW, tariff=tariff("T", "0.40")))
    end.now = LATER
    end.do(DefaultTariffSet(station=CS, at=NOW, tariff=tariff("T", "0.50")))
    found = [in_force(end.load(StationTariff), ONE, at) for at in (NOW, LATER)]
    assert [one and one.tariff for one in found] == [tariff("T", "0.40"), tariff("T", "0.50")]


def test_of_what_counts_no_more_the_newest_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("open63110.usecases.services.tariff_at_station.csms.PAST", 2)
    end = End(Role.CSMS)
    for number in range(5):
        end.now = NOW + timedelta(days=number)
        end.do(DefaultTariffSet(station=CS, at=NOW, tariff=tariff(f"T-{number}")))
    assert sorted(one.id for one in end.load(StationTariff)) == ["T-2", "T-3", "T-4"]


def test_the_csms_orders_nothing_that_cannot_be() -> None:
    end = End(Role.CSMS)
    nowhere = EvseNumber(9)
    wishes = (
        (SetDefaultTariff(station=CS, evse=nowhere, tariff=tariff()), Unknown),
        (SetDefaultTariff(station=CS, tariff=tariff("")), Malformed),
        (AskStationTariffs(station=CS, evse=nowhere), Unknown),
        (ClearStationTariffs(station=CS, evse=nowhere), Unknown),
        (ClearStationTariffs(station=CS, ids=("a", "a")), Malformed),
        (ClearStationTariffs(station=CS, ids=("",)), Malformed),
    )
    for wish, kind in wishes:
        with pytest.raises(kind):
            end.do(wish)
    for wish in (SetDefaultTariff(station=CS, tariff=tariff()), AskStationTariffs(station=CS), ClearStationTariffs(station=CS)):
        with pytest.raises(Unavailable):
            end.do(wish, replace(STATION, connected=None))
