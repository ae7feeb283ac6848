# SPDX-License-Identifier: Apache-2.0
"""From the first sign of a service to its record: clauses 6.1, 6.2, 6.3 and 8.4.8 with their flows, on the real engine."""

from datetime import datetime
from typing import Any

import pytest
from tests.transfers import (
    ANNA,
    BERT,
    CS,
    E1,
    E2,
    Csms,
    begin,
    finish,
    grant,
    minute,
    plug,
    update,
    watts,
    wh,
)

from open63110.flows import correct_record
from open63110.flows import session_follows_evse as follow_evse
from open63110.flows import session_follows_transfer as follow_transfer
from open63110.kernel.ids import ConnectorNumber, EvseNumber, TransferReference
from open63110.kernel.messages import Message
from open63110.model.reading import Reading, SignedReading
from open63110.model.session import ServiceSession, SessionState
from open63110.model.station import (
    AuthorizationGranted,
    AuthorizationReleased,
    Connector,
    ConnectorReported,
    ConnectorState,
    Evse,
    Grant,
    Station,
    StationConnected,
    StationDisconnected,
)
from open63110.model.transfer import (
    TransferSettled,
)
from open63110.usecases.sessions.energy_transfer import (
    AskTransferStatus,
    TransferAnswer,
)
from open63110.usecases.sessions.service_session import FollowGrant, FollowPlug, FollowRelease

S = SessionState


def path(session: ServiceSession) -> list[SessionState]:
    return [state for state, _ in session.path]


@pytest.mark.at("AT-6.2-1")
def test_one_session_with_a_pause_is_one_transfer_and_one_record() -> None:
    csms = Csms()
    signed = SignedReading(data="OCMF|" + "x" * 3000 + " \t=", method="ECDSA", encoding="OCMF")
    last = Reading(at=minute(60), measurand="energy.import.register", value=18_000.0, context="end", signed=signed)
    csms.hear(plug(minute(0)))
    csms.hear(grant(minute(1)))
    csms.hear(begin(minute(2), 10_000.0))
    csms.hear(update(minute(3), 10_100.0, 1, state="charging"))
    csms.hear(update(minute(30), 15_000.0, 2, state="suspended-ev"))
    csms.hear(update(minute(40), 15_000.0, 3, state="charging"))
    csms.hear(finish(minute(60), None, 4, readings=(last,)))
    csms.hear(plug(minute(70), gone=True))
    [session] = csms.sessions
    assert path(session) == [
        S.OCCUPIED, S.AUTHORIZED, S.PENDING, S.CHARGING, S.PAUSED, S.CHARGING, S.ENDED, S.CLOSING, S.CLOSED,
    ]  # fmt: skip
    [sdr] = csms.records
    assert sdr.id == f"open63110-{session.number:08d}"
    assert (sdr.energy, sdr.meter.start, sdr.meter.stop) == (8000.0, 10_000.0, 18_000.0)
    assert round(sum(part.imported for part in csms.transfer().parts), 3) == 8000.0
    assert [(one.kind, one.quantity, one.unit) for one in sdr.services] == [
        ("parking", 4200.0, "s"),
        ("energy_import", 8000.0, "Wh"),
    ]
    assert sdr.signed == (signed,)
    assert (sdr.subject, sdr.auth_method, sdr.corrects) == (ANNA, "csms", "")
    assert not csms.station.sessions
    assert not csms.station.transfers


@pytest.mark.at("AT-6.2-2")
def test_an_outage_changes_no_session() -> None:
    csms = Csms()
    for evse, name, who in ((E1, "a", ANNA), (E2, "b", BERT)):
        csms.hear(plug(minute(0), evse=evse))
        csms.hear(begin(minute(1), 0.0, reference=name, evse=evse, subject=who))
        csms.hear(update(minute(2), 100.0, 1, reference=name, evse=evse, state="charging"))
    before = csms.station.sessions
    csms.hear(StationDisconnected(station=CS, at=minute(3)))
    csms.later(8)
    assert csms.station.sessions == before
    csms.hear(StationConnected(station=CS, at=minute(8), wire="ocpp2.0.1"))
    for number in (2, 3, 4):
        for evse, name in ((E1, "a"), (E2, "b")):
            told = update(minute(1 + number), 100.0 * number, number, reference=name, evse=evse, offline=True)
            csms.hear(told)
    assert csms.station.sessions == before
    assert [one.offline for one in csms.station.transfers.values()] == [True, True]
    for evse, name in ((E1, "a"), (E2, "b")):
        csms.hear(finish(minute(9), 500.0, 5, reference=name, evse=evse))
        csms.hear(plug(minute(10), gone=True, evse=evse))
    assert [(one.evse, one.subject, one.energy) for one in csms.records] == [(1, ANNA, 500.0), (2, BERT, 500.0)]


@pytest.mark.at("AT-8.4.8-5")
def test_an_end_that_comes_three_hours_late_is_recorded_once_with_its_own_time() -> None:
    csms = Csms()
    csms.hear(plug(minute(0)))
    csms.hear(begin(minute(1), 1000.0))
    csms.clock.at = minute(200)
    csms.hear(finish(minute(20), 3000.0, 1, offline=True))
    csms.hear(finish(minute(20), 3000.0, 1, offline=True))
    csms.later(10)
    [sdr] = csms.records
    assert sdr.energy == 2000.0
    assert sdr.ended == minute(20)
    assert {"late", "offline"} <= set(sdr.flags)


def test_a_start_repeated_after_restart_and_after_the_record_keeps_its_number() -> None:
    csms = Csms()
    start = begin(minute(1), 1000.0, seq=-77, reference="")
    [first] = csms.hear(start)
    assert isinstance(first, TransferAnswer)
    csms.restart()
    assert csms.hear(start) == [TransferAnswer(reference=first.reference, number=first.number, duplicate=True)]
    stop = finish(minute(9), 2500.0, -78, reference=first.reference, evse=EvseNumber(0))
    csms.hear(stop)
    csms.later(10)
    [sdr] = csms.records
    csms.restart()
    assert csms.hear(start) == [TransferAnswer(reference=first.reference, number=first.number, duplicate=True)]
    assert csms.hear(stop) == [TransferAnswer(reference=first.reference, number=first.number, duplicate=True)]
    assert csms.records == [sdr]
    assert not csms.station.transfers


def test_a_stop_of_an_unknown_transaction_is_recorded_and_flagged_once() -> None:
    csms = Csms()
    csms.clock.at = minute(10)
    for number, stop in enumerate(
        (
            finish(minute(5), 7000.0, -31, reference="-1", subject=ANNA),
            finish(minute(6), 9000.0, -32, reference="4711", subject=BERT),
        ),
        start=1,
    ):
        csms.hear(stop)
        assert csms.hear(stop)[0].duplicate  # type: ignore[attr-defined] # it is a TransferAnswer
        csms.later(10)
        assert csms.hear(stop)[0].duplicate  # type: ignore[attr-defined] # it is a TransferAnswer
        assert len(csms.records) == number
    assert {"unknown-reference", "missing-start", "missing-begin"} <= set(csms.records[0].flags)
    assert [one.energy for one in csms.records] == [0.0, 0.0]


def test_a_forgotten_transfer_is_ended_by_rule_and_its_real_end_replaces_the_estimate() -> None:
    csms = Csms()
    csms.hear(plug(minute(0)))
    csms.hear(begin(minute(1), 1000.0))
    csms.hear(update(minute(2), 1500.0, 1, state="charging"))
    csms.later(60 * 47)
    assert csms.transfer().ended is None
    csms.later(60 * 3)
    [first] = csms.records
    assert first.energy == 500.0
    assert "estimated" in first.flags
    assert first.ended == minute(2)
    csms.hear(update(minute(3), 1700.0, 2))
    assert csms.transfer().ended is None
    csms.restart()
    csms.hear(finish(minute(4), 2000.0, 3))
    assert [one.energy for one in csms.records] == [500.0, 1000.0]
    assert csms.records[1].corrects == first.id
    assert "estimated" not in csms.records[1].flags
    assert not csms.station.transfers
    csms.hear(finish(minute(4), 2000.0, 3))
    assert len(csms.records) == 2


def test_a_gap_is_asked_for_and_given_up_at_last() -> None:
    csms = Csms()
    csms.hear(plug(minute(0)))
    csms.hear(begin(minute(1), 1000.0))
    csms.hear(finish(minute(5), 2000.0, 3))
    csms.hear(plug(minute(6), gone=True))
    assert csms.transfer().gaps == ((1, 2),)
    csms.later(8)
    assert [type(order) for order in csms.orders] == [AskTransferStatus] * len(csms.orders)
    assert csms.orders
    assert csms.records == []
    csms.later(60 * 72)
    [sdr] = csms.records
    assert "gap" in sdr.flags
    assert sdr.energy == 1000.0
    assert not csms.station.wakeups


def test_a_second_transfer_while_plugged_joins_and_a_new_ev_does_not() -> None:
    csms = Csms()
    csms.hear(plug(minute(0)))
    for number in (1, 2):
        csms.hear(begin(minute(number), 100.0 * number, reference=f"t{number}"))
        csms.hear(finish(minute(number + 0.5), 100.0 * number + 50, 1, reference=f"t{number}"))
    csms.hear(plug(minute(3), gone=True))
    csms.hear(plug(minute(4)))
    csms.hear(begin(minute(5), 300.0, reference="t3"))
    csms.hear(finish(minute(6), 310.0, 1, reference="t3", reason="EVDisconnected"))
    assert [(one.energy, one.transfers) for one in csms.records] == [(100.0, ("t1", "t2")), (10.0, ("t3",))]


def test_a_start_on_a_busy_evse_opens_a_session_of_its_own() -> None:
    csms = Csms()
    csms.hear(plug(minute(0)))
    csms.hear(begin(minute(1), 100.0, reference="t1"))
    csms.hear(begin(minute(9), 500.0, reference="t2", subject=BERT))
    csms.hear(finish(minute(10), 600.0, 1, reference="t2", subject=BERT))
    csms.hear(finish(minute(8), 400.0, 1, reference="t1"))
    csms.hear(plug(minute(11), gone=True))
    assert sorted((one.subject, one.energy) for one in csms.records) == [(ANNA, 300.0), (BERT, 100.0)]


def test_what_was_told_afterwards_does_not_join_who_is_there_now() -> None:
    csms = Csms()
    csms.clock.at = minute(121)
    csms.hear(plug(minute(120)))
    csms.hear(begin(minute(60), 0.0, offline=True))
    csms.hear(finish(minute(90), 5000.0, 1, offline=True))
    csms.later(10)
    [sdr] = csms.records
    assert (sdr.began, sdr.ended) == (minute(60), minute(90))
    [open_one] = csms.station.sessions.values()
    assert open_one.transfers == ()


def test_a_session_without_energy_or_user_leaves_no_record() -> None:
    csms = Csms()
    csms.hear(plug(minute(0)))
    csms.hear(begin(minute(1), 100.0, subject=None))
    csms.hear(finish(minute(2), 100.0, 1, reason="EVDisconnected"))
    csms.hear(plug(minute(3)))
    csms.hear(plug(minute(4), gone=True))
    csms.hear(grant(minute(5)))
    csms.hear(FollowRelease(station=CS, evse=E1, at=minute(7)))
    assert [one.state for one in csms.sessions] == [S.ABORTED, S.ABORTED, S.EXPIRED]
    assert csms.records == []


def test_a_grant_that_is_released_leaves_the_session_where_it_was() -> None:
    csms = Csms()
    csms.hear(grant(minute(0)))
    csms.hear(plug(minute(1)))
    csms.hear(FollowRelease(station=CS, evse=E1, at=minute(2)))
    assert [one.state for one in csms.sessions] == [S.OCCUPIED]
    csms.hear(begin(minute(3), 0.0))
    csms.hear(finish(minute(4), 10.0, 1))
    csms.hear(grant(minute(5)))
    csms.hear(FollowRelease(station=CS, evse=E1, at=minute(6)))
    csms.hear(FollowRelease(station=CS, evse=E2, at=minute(6)))
    csms.later(10)
    assert path(csms.sessions[0])[-5:] == [S.ENDED, S.AUTHORIZED, S.ENDED, S.CLOSING, S.CLOSED]


def test_energy_in_both_directions_is_recorded_apart() -> None:
    csms = Csms()
    csms.hear(plug(minute(0)))
    both = (wh(minute(1), 1000.0, "begin"), wh(minute(1), 50.0, "begin", "export"))
    csms.hear(begin(minute(1), None, readings=both))
    csms.hear(update(minute(2), None, 1, readings=(wh(minute(2), 11_000.0), watts(minute(2), 9000.0)), state="charging"))
    back = (wh(minute(3), 11_000.0), wh(minute(3), 50.0, direction="export"), watts(minute(3), -9000.0))
    csms.hear(update(minute(3), None, 2, readings=back))
    assert [one.state for one in csms.sessions] == [S.DISCHARGING]
    over = (wh(minute(9), 11_000.0, "end"), wh(minute(9), 4050.0, "end", "export"))
    csms.hear(finish(minute(9), None, 3, readings=over))
    csms.hear(plug(minute(10), gone=True))
    [sdr] = csms.records
    assert (sdr.energy, sdr.exported) == (10_000.0, 4000.0)
    assert [(one.kind, one.quantity, one.transaction) for one in sdr.services[1:]] == [
        ("energy_import", 10_000.0, "tx-1/1"),
        ("energy_export", 4000.0, "tx-1/2"),
    ]


def report(state: ConnectorState, number: int, *, at: datetime, evse: EvseNumber = E1) -> ConnectorReported:
    return ConnectorReported(station=CS, at=at, evse=evse, connector=ConnectorNumber(number), state=state)


def test_only_what_tells_of_the_user_or_the_ev_reaches_the_session() -> None:
    given = Grant(subject=ANNA, method="remote", at=minute(1), until=minute(3))
    used = Connector(state="occupied", at=minute(5))
    station = Station(id=CS, evses={E1: Evse(number=E1, connectors={ConnectorNumber(1): used})})

    def told(event: AuthorizationGranted | AuthorizationReleased | ConnectorReported) -> list[Message]:
        return list(follow_evse.then(event, station))

    granted = AuthorizationGranted(station=CS, at=minute(1), evse=E1, grant=given)
    assert told(granted) == [FollowGrant(station=CS, evse=E1, grant=given)]
    assert told(AuthorizationReleased(station=CS, at=minute(3), evse=E1, reason="started")) == []
    assert told(AuthorizationReleased(station=CS, at=minute(3), evse=E1, reason="timeout")) == [
        FollowRelease(station=CS, evse=E1, at=minute(3))
    ]
    assert told(report("occupied", 1, at=minute(4))) == []
    assert told(report("faulted", 1, at=minute(6))) == []
    assert told(report("available", 2, at=minute(6))) == []
    assert told(report("available", 0, at=minute(6), evse=EvseNumber(0))) == []
    for state, plugged in (("occupied", True), ("available", False)):
        shown: Any = state
        assert told(report(shown, 1, at=minute(6))) == [FollowPlug(station=CS, evse=E1, at=minute(6), plugged=plugged)]
    assert told(report("available", 1, at=minute(6), evse=E2)) == [FollowPlug(station=CS, evse=E2, at=minute(6), plugged=False)]


def test_a_transfer_that_is_not_there_leads_nowhere() -> None:
    lost = TransferSettled(station=CS, at=minute(1), reference=TransferReference("x"))
    for flow in (follow_transfer, correct_record):
        assert list(flow.then(lost, Station(id=CS))) == []
