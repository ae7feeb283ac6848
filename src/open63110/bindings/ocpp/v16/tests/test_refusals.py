# SPDX-License-Identifier: Apache-2.0
"""What OCPP 1.6 cannot carry, or must not be taken, is refused with a reason; at either end."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace
from tests.conformance.v201.golden import CS, NOW, door, read

from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v16.wire import WIRE
from open63110.kernel.errors import Malformed, NotSupported, Refused, Trouble, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Message
from open63110.model.authorization import StopRemotely
from open63110.model.reading import Reading, SignedReading
from open63110.model.station import Evse, LocalAuthorization, Station
from open63110.model.transfer import EnergyTransfer, EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.usecases.services.authorize_externally import StartRemotely
from open63110.usecases.services.authorize_locally import AuthorizeCredential, SendLocalList
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.reboot_station import RebootDropped, RebootMode, RebootStation

PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11000}]},
}
LONG = SubjectRef("eMAID:A-VERY-LONG-EMAID-WITH-MORE")


def at_station(**fields: Any) -> Door:
    """Return the door of a station that knows itself."""
    where = door(WIRE)
    where.noun = Station(id=CS, **fields)
    return where


def evses(*numbers: int) -> dict[EvseNumber, Evse]:
    return {EvseNumber(number): Evse(number=EvseNumber(number)) for number in numbers}


def understood(action: str, payload: Any, where: Door) -> tuple[Message, ...]:
    request, _ = read(WIRE, action, payload)
    return WIRE.by_action[action].from_wire(request, where)


def written(message: Message, where: Door | None = None) -> Any:
    translation = WIRE.carrier(message)
    assert translation is not None
    assert translation.to_wire is not None
    return translation.to_wire(message, where or door(WIRE))


@pytest.mark.parametrize(
    ("message", "trouble", "code"),
    [
        (AuthorizeCredential(station=CS, subject=SubjectRef("ISO14443:erased")), Unknown, "ErasedCredential"),
        (AuthorizeCredential(station=CS, subject=LONG), NotSupported, "NoSuchTokenType"),
        (AuthorizeCredential(station=CS, subject=SubjectRef("Central:")), NotSupported, "NoSuchTokenType"),
        (StopRemotely(station=CS, reference=TransferReference("tx1")), Unknown, "NoNumber"),
        (StopRemotely(station=CS, reference=TransferReference("unknown-e1")), Unknown, "NoNumber"),
        (StopRemotely(station=CS, reference=TransferReference("١٢")), Unknown, "NoNumber"),
        (RebootStation(station=CS, mode=RebootMode.IMMEDIATE_AND_RESUME), NotSupported, "NoResume"),
        (RebootStation(station=CS, evse=EvseNumber(1)), NotSupported, "NoEvse"),
        (SendLocalList(station=CS, version=1), Malformed, "NoList"),
        (SendLocalList(station=CS, version=0, entries=()), Malformed, "NoList"),
        (EnergyTransferEnded(station=CS, at=NOW, reference=TransferReference("tx1"), seq=1), Unavailable, "NotNamedYet"),
        (EnergyTransferUpdated(station=CS, at=NOW, reference=TransferReference("tx1"), seq=1), NotSupported, "NoMeasurand"),
    ],
)
def test_what_the_wire_cannot_say_is_not_sent(message: Message, trouble: type[Trouble], code: str) -> None:
    with pytest.raises(trouble) as caught:
        written(message)
    assert caught.value.code == code


@pytest.mark.parametrize("subject", [LONG, SubjectRef("ISO14443:erased"), None])
def test_energy_is_told_of_even_if_its_taker_cannot_be_named(subject: SubjectRef | None) -> None:
    reference = TransferReference("tx1")
    started = EnergyTransferStarted(station=CS, at=NOW, reference=reference, seq=0, evse=EvseNumber(1), subject=subject)
    assert written(started).id_tag == ""
    ended = EnergyTransferEnded(station=CS, at=NOW, reference=reference, seq=1, subject=subject)
    assert written(ended, door(WIRE, names={"tx1": 7})).id_tag is UNSET


def test_a_remote_start_with_a_profile_is_refused_for_the_profile_must_not_be_lost() -> None:
    with pytest.raises(NotSupported, match="profile"):
        understood("RemoteStartTransaction", {"connectorId": 1, "idTag": "A1", "chargingProfile": PROFILE}, door(WIRE))


def test_a_station_with_one_connector_knows_where_to_start() -> None:
    (start,) = understood("RemoteStartTransaction", {"idTag": "A1"}, at_station(evses=evses(3)))
    assert isinstance(start, StartRemotely)
    assert start.evse == 3


@pytest.mark.parametrize("where", [at_station(evses=evses(1, 2)), at_station(), door(WIRE)])
@pytest.mark.parametrize("more", [{}, {"connectorId": 0}])
def test_any_other_does_not_choose(where: Door, more: dict[str, int]) -> None:
    with pytest.raises(NotSupported, match="which connector"):
        understood("RemoteStartTransaction", {"idTag": "A1"} | more, where)


def test_a_station_finds_its_transfer_by_the_number_the_csms_gave_it() -> None:
    (stop,) = understood("RemoteStopTransaction", {"transactionId": 7}, door(WIRE, names={"tx1": 7}))
    assert stop == StopRemotely(station=CS, reference=TransferReference("tx1"))


def test_the_number_of_a_transfer_is_kept_from_its_start_to_its_end() -> None:
    where, reference = door(WIRE), TransferReference("tx1")
    start = EnergyTransferStarted(station=CS, at=NOW, reference=reference, seq=0, evse=EvseNumber(1))
    response, _ = read(WIRE, "StartTransaction", {"transactionId": 7, "idTagInfo": {"status": "Accepted"}}, end=1)
    translation = WIRE.by_action["StartTransaction"]
    assert translation.heard is not None
    translation.heard(response, start, where)
    end = EnergyTransferEnded(station=CS, at=NOW, reference=reference, seq=1)
    assert written(end, where).transaction_id == 7
    translation = WIRE.by_action["StopTransaction"]
    assert translation.heard is not None
    translation.heard(read(WIRE, "StopTransaction", {}, end=1)[0], end, where)
    assert where.names == {}


def test_a_list_without_a_version_is_refused() -> None:
    with pytest.raises(Malformed):
        understood("SendLocalList", {"listVersion": 0, "updateType": "Full"}, door(WIRE))


def test_a_differential_list_changes_lines_takes_some_away_and_leaves_the_rest() -> None:
    local = LocalAuthorization(
        version=1,
        entries={"ISO14443:A": "Accepted", "ISO14443:B": "Accepted", "ISO14443:C": "Blocked"},
        groups={"ISO14443:C": "g"},
    )
    update = {
        "listVersion": 2,
        "updateType": "Differential",
        "localAuthorizationList": [{"idTag": "A"}, {"idTag": "B", "idTagInfo": {"status": "Expired"}}],
    }
    (command,) = understood("SendLocalList", update, at_station(local=local))
    assert isinstance(command, SendLocalList)
    lines = {one.subject: (one.status, one.group) for one in command.entries or ()}
    assert lines == {"ISO14443:C": ("Blocked", "g"), "ISO14443:B": ("Expired", None)}


def test_this_wire_says_that_its_stations_cannot_be_told_to_wait_for_idle() -> None:
    assert "wait-for-idle" in WIRE.lacks


def test_a_soft_reset_goes_to_idle_stations_only() -> None:
    runs, ended = transfer(1), replace(transfer(2), ended=NOW)
    wish = RebootStation(station=CS, mode=RebootMode.ON_IDLE)
    assert written(wish, at_station(transfers={ended.reference: ended})).type == "Soft"
    busy = at_station(transfers={runs.reference: runs})
    with pytest.raises(Refused) as caught:
        written(wish, busy)
    assert caught.value.code == "NotIdle"
    assert written(RebootStation(station=CS, mode=RebootMode.IMMEDIATE), busy).type == "Hard"


@pytest.mark.parametrize(("kind", "idle"), [("Soft", RebootMode.ON_IDLE), ("Hard", RebootMode.IMMEDIATE)])
def test_a_station_that_is_reset_while_something_runs_ends_it_as_the_book_says(kind: str, idle: RebootMode) -> None:
    runs = transfer(1)
    for where, mode in ((at_station(transfers={runs.reference: runs}), RebootMode.IMMEDIATE), (at_station(), idle)):
        assert understood("Reset", {"type": kind}, where) == (RebootStation(station=CS, mode=mode),)


@pytest.mark.parametrize(
    ("mode", "status", "heard"),
    [
        (RebootMode.ON_IDLE, "Accepted", []),
        (RebootMode.ON_IDLE, "Rejected", [RebootDropped]),
        (RebootMode.IMMEDIATE, "Rejected", []),
    ],
)
def test_a_soft_reset_that_is_refused_is_the_end_of_a_wish_that_was_kept(mode: RebootMode, status: str, heard: list[Any]) -> None:
    translation = WIRE.by_action["Reset"]
    assert translation.heard is not None
    response, _ = read(WIRE, "Reset", {"status": status}, end=1)
    verdict = translation.heard(response, RebootStation(station=CS, mode=mode), door(WIRE))
    assert verdict.outcome == status.lower()
    assert [type(one) for one in verdict.messages] == heard


def test_a_security_event_goes_out_as_long_as_the_wire_has_room() -> None:
    translation = WIRE.by_action["SecurityEventNotification"]
    assert translation.to_wire is not None
    assert translation.heard is not None
    event = StationEventReported(station=CS, at=NOW, component="SecurityCtrlr", code="x" * 60, text="y" * 300, security=True)
    assert WIRE.carrier(event) is translation
    assert WIRE.carrier(replace(event, security=False)) is None
    sent = translation.to_wire(event, door(WIRE))
    assert (len(sent.type), len(sent.tech_info)) == (50, 255)
    assert translation.heard(None, event, door(WIRE)).messages == ()


def transfer(number: int) -> EnergyTransfer:
    reference, began = TransferReference(str(number)), NOW - timedelta(hours=number)
    return EnergyTransfer(station=CS, number=TransferNumber(number), reference=reference, evse=EvseNumber(1), began=began)


def test_of_two_transfers_at_a_connector_the_newer_is_meant() -> None:
    transfers = {one.reference: one for one in (transfer(1), transfer(2))}
    payload = {"connectorId": 1, "meterValue": [{"timestamp": "2026-05-01T12:00:00Z", "sampledValue": [{"value": "1"}]}]}
    (fact,) = understood("MeterValues", payload, at_station(transfers=transfers))
    assert isinstance(fact, EnergyTransferUpdated)
    assert fact.reference == "2"


def test_a_signed_reading_goes_out_as_a_number_and_signed_beside_it() -> None:
    one = Reading(at=NOW, measurand="energy.import.register", value=5.0, context="end", signed=SignedReading(data="OCMF|x"))
    ended = EnergyTransferEnded(station=CS, at=NOW, reference=TransferReference("tx1"), seq=1, readings=(one,))
    sent = written(ended, door(WIRE, names={"tx1": 7}))
    assert sent.meter_stop == 5
    (data,) = sent.transaction_data
    assert [(said.value, said.format) for said in data.sampled_value] == [("5", UNSET), ("OCMF|x", "SignedData")]
