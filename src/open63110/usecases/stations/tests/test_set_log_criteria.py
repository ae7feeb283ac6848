# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.9: what is checked, what a station makes of criteria, and what each end remembers of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.log_criteria import (
    CriteriaState,
    LogCriteria,
    LogCriteriaChanged,
    LogMask,
    LogSource,
    LogTrigger,
    StationCriteria,
)
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.ports import Where
from open63110.runtime.rows import holds
from open63110.usecases.stations.set_log_criteria import (
    USE_CASE,
    AskLogCriteria,
    ClearLogCriteria,
    LogCriteriaAnswer,
    LogCriteriaAnswered,
    LogCriteriaListed,
    LogCriteriaReported,
    SetLogCriteria,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CS = StationId("CS-1")
STATION = Station(id=CS)
POLICY = StationPolicy(log_fastest=Seconds(0.5), log_most=1_000_000, log_ring=100, log_criteria=2)
HEAT = LogCriteria(
    id="heat",
    sources=(LogSource.EV, LogSource.POWER),
    period=Seconds(1.0),
    trigger=LogTrigger.FAULT,
    before=Seconds(60.0),
    after=Seconds(60.0),
)


class End:
    """One end with its rows."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.rows: dict[str, StationCriteria] = {}

    def get(self, _: Any, key: str) -> Any:
        return self.rows.get(key)

    def load(self, _: Any, *where: Where) -> list[Any]:
        return [one for one in self.rows.values() if all(holds(part, one) for part in where)]

    def do(self, message: Any) -> list[Any]:
        decide: Callable[..., Any] = USE_CASE.decide[self.role, type(message)]
        given: dict[str, Any] = {"station": STATION, "now": NOW, "policy": POLICY, "rows": self}
        names = decide.__code__.co_varnames[1 : decide.__code__.co_argcount]
        made = list(decide(message, **{name: given[name] for name in names}))
        for one in made:
            if isinstance(one, LogCriteriaChanged):
                if one.log_criteria is None:
                    self.rows.pop(one.key, None)
                else:
                    self.rows[one.key] = one.log_criteria
        return made

    def row(self, id: str = "heat") -> StationCriteria:
        return self.rows[f"CS-1:{id}"]


def wish(**change: Any) -> SetLogCriteria:
    return SetLogCriteria(station=CS, criteria=replace(HEAT, **change))


def answered(*, accepted: bool = True, **more: Any) -> LogCriteriaAnswered:
    return LogCriteriaAnswered(station=CS, at=NOW, id="heat", accepted=accepted, **more)


@pytest.mark.parametrize("role", [Role.CSMS, Role.STATION])
@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"id": ""}, "id"),
        ({"id": "a:b"}, "id"),
        ({"id": "../x"}, "id"),
        ({"sources": ()}, "sources"),
        ({"sources": (LogSource.POWER, LogSource.POWER)}, "sources"),
        ({"period": 0.0}, "period"),
        ({"period": float("nan")}, "period"),
        ({"retention": 0.0}, "retention"),
        ({"before": -1.0}, "before"),
        ({"after": float("inf")}, "after"),
        ({"trigger": None}, "trigger"),
        ({"before": 0.0, "after": 0.0}, "before"),
        ({"most": 0}, "most"),
    ],
)
def test_what_cannot_be_is_refused_at_both_ends(role: Role, wrong: dict[str, Any], where: str) -> None:
    end = End(role)
    with pytest.raises(Malformed) as told:
        end.do(wish(**wrong))
    assert told.value.where == f"criteria.{where}"
    assert end.rows == {}


@pytest.mark.parametrize("role", [Role.CSMS, Role.STATION])
@pytest.mark.parametrize("personal", [{"sources": (LogSource.AUTHORIZATION,)}, {"mask": (LogMask.EV_ID,)}])
def test_what_says_something_of_persons_is_logged_for_a_stated_reason_only(role: Role, personal: dict[str, Any]) -> None:
    with pytest.raises(Refused) as told:
        End(role).do(wish(**personal))
    assert told.value.code == "NoLegalBasis"
    assert End(role).do(wish(**personal, legal_basis="consent of 2026-02-01"))


def test_a_station_does_what_it_can_and_says_of_what_it_does_less() -> None:
    station = End(Role.STATION)
    *_, whole = station.do(wish())
    assert whole == LogCriteriaAnswer(effective=HEAT)
    assert whole.remark() == ""
    *_, less = station.do(wish(period=0.001, before=600.0, most=10_000_000))
    assert less.effective == replace(HEAT, period=Seconds(0.5), before=Seconds(50.0), most=1_000_000)
    assert (less.reduced, less.remark()) == (("period", "before", "most"), "Reduced")
    assert station.row().effective == less.effective
    assert station.do(AskLogCriteria(station=CS)) == [LogCriteriaListed(criteria=(less.effective,))]


def test_a_station_logs_by_so_many_criteria_and_no_more_but_changes_those_it_has() -> None:
    station = End(Role.STATION)
    for id in ("one", "two", "one"):
        station.do(wish(id=id))
    with pytest.raises(Refused) as told:
        station.do(wish(id="three"))
    assert told.value.code == "TooManyCriteria"
    station.do(ClearLogCriteria(station=CS, id="one"))
    station.do(wish(id="three"))
    assert sorted(station.rows) == ["CS-1:three", "CS-1:two"]
    assert station.do(ClearLogCriteria(station=CS, id="never"))[-1] == LogCriteriaAnswer()


def test_the_csms_knows_what_it_asked_for_and_what_the_station_makes_of_it() -> None:
    csms = End(Role.CSMS)
    assert csms.do(wish())[-1] == wish()
    assert (csms.row().state, csms.row().asked, csms.row().effective) == (CriteriaState.ASKED, HEAT, None)
    slow = replace(HEAT, period=Seconds(5.0))
    csms.do(answered(effective=slow, reduced=("period",)))
    row = csms.row()
    assert (row.state, row.effective, row.reduced) == (CriteriaState.ACTIVE, slow, ("period",))

    csms.do(wish(period=0.1))
    csms.do(answered(accepted=False, reason="TooManyCriteria"))
    assert (csms.row().state, csms.row().reason, csms.row().effective) == (CriteriaState.REFUSED, "TooManyCriteria", slow)
    assert csms.do(ClearLogCriteria(station=CS, id="heat"))
    csms.do(answered())
    assert csms.rows == {}
    assert csms.do(answered()) == []
    with pytest.raises(Unknown):
        csms.do(ClearLogCriteria(station=CS, id="heat"))


def test_what_a_station_says_it_logs_by_is_believed() -> None:
    csms = End(Role.CSMS)
    csms.do(wish())
    csms.do(answered(effective=HEAT))
    assert csms.do(AskLogCriteria(station=CS)) == [AskLogCriteria(station=CS)]
    other = replace(HEAT, id="other")
    csms.do(LogCriteriaReported(station=CS, at=NOW, criteria=(other,)))
    assert (csms.row("other").effective, csms.row("other").asked) == (other, None)
    assert (csms.row().state, csms.row().effective) == (CriteriaState.CLEARED, None)
    assert csms.do(LogCriteriaReported(station=CS, at=NOW, criteria=(other,))) == []
