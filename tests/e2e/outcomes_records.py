# SPDX-License-Identifier: Apache-2.0
"""Commands about logs and personal data for the catalogue of outcomes: a log that was asked for, and a card that was deleted."""

from typing import Any

from tests.e2e.house import House
from tests.e2e.link_player import AnyPlayer, LinkPlayer

from open63110.model.deletion import DeletionRequest
from open63110.model.logs import StationLog
from open63110.usecases.stations.retrieve_logs import LogPromised
from open63110.usecases.stations.set_log_criteria import LogCriteriaAnswer, LogCriteriaListed

GONE, GOING = "FRED", "EMIL"
"""Whose card was deleted before, and whose is now."""


async def record_cases(
    here: House, cs: AnyPlayer, case: Any, criteria: tuple[str, ...], customers: tuple[str, ...]
) -> dict[str, Any]:
    """Return the commands, each with a good and a bad body.

    Args:
        here: the CSMS.
        cs: the station.
        case: makes a case.
        criteria: the wires with words for log criteria.
        customers: the wires on which a station can be asked what it keeps of somebody.
    """
    if isinstance(cs, LinkPlayer):
        cs.answers["RetrieveLog"] = lambda _: (LogPromised(),)  # it has nothing of that time, so that no stream follows
        cs.answers["SetLogCriteria"] = lambda order: (LogCriteriaAnswer(effective=order.criteria),)
        cs.answers["ClearLogCriteria"] = lambda _: (LogCriteriaAnswer(),)
        cs.answers["AskLogCriteria"] = lambda _: (LogCriteriaListed(),)
        cs.obey("AskCustomerInformation")
    else:
        cs.answers["GetLog"] = lambda _: {"status": "Accepted", "filename": "station.log"}
        cs.answers["GetDiagnostics"] = lambda _: {"fileName": "station.log"}
        cs.obey("CustomerInformation")
    await here.ask("stations/CS-1/logs/retrieve", {})
    await here.until(lambda: here.rows(StationLog))
    for name in (GONE, GOING):
        await here.token(name)
    await here.ask("deletions/order", {"type": "token", "value": GONE})
    await here.until(lambda: [one.state for one in here.rows(DeletionRequest)] == ["closed"])
    subject = {"subject": {"kind": "ISO14443", "value": "ANNA"}}
    backwards = {"oldest": "2026-01-02T00:00:00Z", "latest": "2026-01-01T00:00:00Z"}
    power = {"id": "power", "sources": ["power"], "period": 1.0}
    return {
        "RetrieveLog": case({}, backwards),
        "RemoveLog": case({"request": here.rows(StationLog)[0].request}, {"request": 999}),
        "SetLogCriteria": case({"criteria": power}, {"criteria": power | {"sources": []}}, wires=criteria),
        "AskLogCriteria": case({}, {}, elsewhere="CS-NONE", wires=criteria),
        "AskCustomerInformation": case(subject, subject, elsewhere="CS-NONE", wires=customers),
        "DeleteInformation": case({"type": "token", "value": GOING}, {"type": "token", "value": "UNSEEN"}, station=""),
        "LiftDeletion": case({"value": GONE}, {"value": "NOBODY"}, station=""),
        "ClearLogCriteria": case({"id": "power"}, {"id": "none"}, wires=criteria),
    }
