# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.6: what a CSMS orders, what a station does, and what both keep of it; on the real engine, both ends."""

from datetime import timedelta
from typing import Any

import pytest
from tests.firmware_parties import CS, SHA, SIGNED, Judge, Party, S, charging
from tests.literal import T0

from open63110.kernel.errors import Refused, Trouble
from open63110.kernel.roles import Role
from open63110.model.firmware import (
    AWAITED,
    FirmwareImage,
    FirmwareState,
    FirmwareUpdate,
    next_request,
)
from open63110.model.policy import Policy, StationPolicy
from open63110.model.station import Identity, Station
from open63110.usecases.stations.reboot_station import RebootStation
from open63110.usecases.stations.update_firmware import (
    INSTALLING,
    WAITS,
    ConcludeFirmware,
    FirmwareAfterBoot,
    FirmwareCertificateRefused,
    FirmwareOrderAnswer,
    FirmwareOrderEnded,
    FirmwareStatusReported,
    FirmwareTold,
    GoOnWithFirmware,
    UpdateFirmware,
)

# --- the CSMS orders --------------------------------------------------------------------------------------------------


def test_an_order_says_what_a_station_needs_to_check_the_image_and_nothing_of_where_it_lies() -> None:
    csms = Party(Role.CSMS)
    csms.say(UpdateFirmware(station=CS, image="fw-2", by="ann"))
    (sent,) = csms.sent
    assert isinstance(sent, UpdateFirmware)
    assert (sent.sha256, sent.size, sent.signature, sent.certificate, sent.version) == (SHA, 9, "c2ln", "PEM", "2")
    assert (sent.location, sent.retrieve_at) == ("", csms.clock.at)
    update = csms.update(sent.request)
    assert (update.state, update.by, update.certificate) == (S.ORDERED, "ann", "")


@pytest.mark.parametrize(
    ("change", "policy", "code"),
    [
        ({"image": "none"}, {}, "UnknownImage"),
        ({"image": ""}, {}, "InvalidValue"),
        ({"location": "https://x"}, {}, "InvalidValue"),
        ({"unsigned": True}, {}, "Unsigned"),
        ({"image": "", "location": "https://x"}, {}, "Unsigned"),
        ({"retries": -1}, {}, "InvalidValue"),
        ({"retry_interval": 1e9}, {}, "InvalidValue"),
        ({"retrieve_at": T0 + timedelta(days=5_000)}, {}, "InvalidValue"),
        ({"retrieve_at": T0 + timedelta(days=2), "install_at": T0 + timedelta(days=1)}, {}, "InvalidValue"),
        ({"publisher": "LC"}, {}, "NotPublished"),
    ],
)
def test_what_cannot_be_ordered_is_refused_and_leaves_nothing(change: dict[str, Any], policy: dict[str, Any], code: str) -> None:
    csms = Party(Role.CSMS, Policy(**policy))
    with pytest.raises(Trouble) as refusal:
        csms.say(UpdateFirmware(**({"station": CS, "image": "fw-2"} | change)))
    assert refusal.value.code == code
    assert csms.rows(FirmwareUpdate) == []
    assert csms.sent == []


def test_an_image_for_another_model_or_without_content_is_not_ordered() -> None:
    csms = Party(Role.CSMS, identity=Identity(vendor="Maker", model="Solo"))
    with pytest.raises(Refused, match="not for Solo") as refusal:
        csms.say(UpdateFirmware(station=CS, image="fw-2"))
    assert refusal.value.code == "WrongModel"
    awaited = FirmwareImage(id="fw-3", vendor="Maker", models=("Solo",), version="3", size=1, sha256=SHA)
    csms.engine.known.keep("firmware_image", "fw-3", awaited)
    with pytest.raises(Refused, match="not here yet"):
        csms.say(UpdateFirmware(station=CS, image="fw-3"))


def test_a_level_that_has_the_image_under_another_name_orders_it_by_its_hash() -> None:
    csms = Party(Role.CSMS)
    csms.say(UpdateFirmware(station=CS, image="called-otherwise", sha256=SHA, request=77))
    assert csms.sent[0].image == "fw-2"  # type: ignore[attr-defined] # an UpdateFirmware
    with pytest.raises(Refused) as refusal:
        csms.say(UpdateFirmware(station=CS, image="fw-2", sha256="00" * 32, request=78))
    assert refusal.value.code == "NotPublished"


def test_statuses_are_kept_in_order_and_once_and_nothing_reopens_what_is_over() -> None:
    csms = Party(Role.CSMS)
    csms.say(UpdateFirmware(station=CS, image="fw-2"))
    request = csms.sent[0].request  # type: ignore[attr-defined] # an UpdateFirmware
    csms.say(FirmwareOrderEnded(station=CS, at=T0, request=request, accepted=True))
    for state in (S.DOWNLOADING, S.DOWNLOADING, S.DOWNLOADED, S.IDLE, S.INSTALLING):
        csms.say(FirmwareStatusReported(station=CS, at=T0, state=state, request=request))
    assert csms.station.blocked_by == INSTALLING
    csms.say(FirmwareStatusReported(station=CS, at=T0, state=S.INSTALLED))  # 1.6 names no order
    csms.say(FirmwareStatusReported(station=CS, at=T0, state=S.DOWNLOADING, request=request))
    update = csms.update(request)
    states = [S.ORDERED, S.ACCEPTED, S.DOWNLOADING, S.DOWNLOADED, S.INSTALLING, S.INSTALLED]
    assert [one.state for one in update.history] == states
    assert update.ended is not None
    assert csms.station.blocked_by == ""


def test_a_fetch_that_failed_may_begin_again_by_itself() -> None:
    csms = Party(Role.CSMS)
    csms.say(UpdateFirmware(station=CS, image="fw-2", request=9))
    for state in (S.DOWNLOADING, S.DOWNLOAD_FAILED, S.DOWNLOADING):
        csms.say(FirmwareStatusReported(station=CS, at=T0, state=state, request=9))
    assert (csms.update(9).state, csms.update(9).ended) == (S.DOWNLOADING, None)


def test_an_order_that_is_taken_ends_the_one_before_and_one_that_is_refused_does_not() -> None:
    csms = Party(Role.CSMS)
    for request in (1, 2, 3):
        csms.say(UpdateFirmware(station=CS, image="fw-2", request=request))
    csms.say(FirmwareOrderEnded(station=CS, at=T0, request=1, accepted=True))
    csms.say(FirmwareOrderEnded(station=CS, at=T0, request=2, accepted=False, reason="rejected: Busy"))
    assert [csms.update(one).state for one in (1, 2)] == [S.ACCEPTED, S.REFUSED]
    csms.say(FirmwareOrderEnded(station=CS, at=T0, request=3, accepted=True))
    assert [csms.update(one).state for one in (1, 2, 3)] == [S.CANCELLED, S.REFUSED, S.ACCEPTED]


def test_an_order_whose_status_came_before_its_answer_ends_the_one_before_all_the_same() -> None:
    csms = Party(Role.CSMS)
    for request in (1, 2):
        csms.say(UpdateFirmware(station=CS, image="fw-2", request=request))
    csms.say(FirmwareOrderEnded(station=CS, at=T0, request=1, accepted=True))
    csms.say(FirmwareStatusReported(station=CS, at=T0, state=S.DOWNLOADING, request=2))
    csms.say(FirmwareOrderEnded(station=CS, at=T0, request=2, accepted=True))
    assert [csms.update(one).state for one in (1, 2)] == [S.CANCELLED, S.DOWNLOADING]


def test_an_order_whose_answer_was_lost_goes_on_with_its_statuses_and_one_that_was_refused_does_not() -> None:
    csms = Party(Role.CSMS)
    for request, state in ((1, S.DOWNLOADING), (2, S.INVALID_SIGNATURE)):
        csms.say(UpdateFirmware(station=CS, image="fw-2", request=request))
        csms.say(FirmwareOrderEnded(station=CS, at=T0, request=request, accepted=False, reason="timed-out"))
        csms.say(FirmwareStatusReported(station=CS, at=T0, state=state, request=request))
    assert [(csms.update(one).state, csms.update(one).ended is None) for one in (1, 2)] == [
        (S.DOWNLOADING, True),
        (S.REFUSED, False),
    ]


def test_a_station_that_says_it_is_idle_is_open_again_and_one_that_waits_stays_closed() -> None:
    csms = Party(Role.CSMS)
    csms.say(FirmwareStatusReported(station=CS, at=T0, state=S.INSTALLING, request=9))
    assert csms.station.blocked_by == INSTALLING
    csms.say(FirmwareStatusReported(station=CS, at=T0, state=S.IDLE))
    assert csms.station.blocked_by == ""
    waiting = Party(Role.CSMS, blocked_by=AWAITED)
    waiting.say(FirmwareStatusReported(station=CS, at=T0, state=S.IDLE))
    assert waiting.station.blocked_by == AWAITED


def test_a_status_of_an_order_that_nobody_here_gave_is_marked_so() -> None:
    csms = Party(Role.CSMS)
    csms.say(UpdateFirmware(station=CS, image="fw-2", request=9))
    for request in (9, 8, 0):
        csms.say(FirmwareStatusReported(station=CS, at=T0, state=S.DOWNLOADING, request=request))
    assert [one.unasked for one in csms.facts(FirmwareStatusReported)] == [False, True, False]
    assert csms.update(9).state is S.DOWNLOADING


def test_a_station_that_boots_with_the_new_version_and_says_no_more_is_updated_after_a_while() -> None:
    csms = Party(Role.CSMS)
    csms.say(UpdateFirmware(station=CS, image="fw-2", request=9))
    csms.say(FirmwareStatusReported(station=CS, at=T0, state=S.INSTALLING, request=9))
    csms.say(FirmwareAfterBoot(station=CS))
    assert csms.station.blocked_by == ""
    csms.say(ConcludeFirmware(station=CS))
    assert csms.update(9).state is S.INSTALLING
    csms.engine.stations[CS] = Station(id=CS, identity=Identity(firmware="2"))
    csms.say(ConcludeFirmware(station=CS))
    assert csms.update(9).state is S.INSTALLED


def test_numbers_of_orders_rise_and_fit_into_31_bits_for_decades() -> None:
    assert next_request(T0, 0) == next_request(T0, 5)
    assert next_request(T0, 2**30) == 2**30 + 1
    assert next_request(T0 + timedelta(days=365 * 60), 0) < 2**31


# --- the station does -------------------------------------------------------------------------------------------------


def test_a_station_goes_through_all_steps_and_reboots_and_tests_before_it_says_installed() -> None:
    station = Party(Role.STATION)
    station.say(UpdateFirmware(station=CS, **SIGNED))
    station.told("fetched", "checked", "written", "tested")
    states = [one.state for one in station.facts(FirmwareStatusReported)]
    assert states == [
        *(S.DOWNLOADING, S.DOWNLOADED, S.SIGNATURE_VERIFIED),
        *(S.INSTALLING, S.INSTALL_REBOOTING, S.INSTALLED),
    ]
    assert station.update(5).certificate == ""
    assert station.station.blocked_by == ""


def test_a_station_waits_for_its_times_and_for_the_last_transfer() -> None:
    station = Party(Role.STATION, transfers=charging())
    now = station.clock.at
    later: dict[str, Any] = {"retrieve_at": now + timedelta(hours=1), "install_at": now + timedelta(hours=2), "admit": False}
    station.say(UpdateFirmware(station=CS, **SIGNED, **later))
    assert station.update(5).state is S.DOWNLOAD_SCHEDULED
    station.say(GoOnWithFirmware(station=CS))
    assert station.update(5).state is S.DOWNLOAD_SCHEDULED
    station.after(3_600)
    station.say(GoOnWithFirmware(station=CS))
    assert station.update(5).state is S.DOWNLOADING
    station.told("fetched", "checked")
    assert station.update(5).state is S.INSTALL_SCHEDULED
    assert (WAITS in station.station.flags, station.station.blocked_by) == (True, "")
    station.after(3_600)
    station.say(GoOnWithFirmware(station=CS))
    assert station.update(5).state is S.INSTALL_SCHEDULED


def test_a_station_that_waits_for_a_transfer_alone_lets_nobody_in_if_it_is_told_so() -> None:
    station = Party(Role.STATION, transfers=charging())
    station.say(UpdateFirmware(station=CS, **SIGNED, admit=False))
    station.told("fetched", "checked")
    assert station.station.blocked_by == AWAITED
    station.engine.stations[CS] = Station(id=CS, blocked_by=AWAITED, flags=(WAITS,))
    station.say(GoOnWithFirmware(station=CS))
    assert (station.update(5).state, station.station.blocked_by) == (S.INSTALLING, INSTALLING)
    station.told("written", "tested")
    assert station.station.blocked_by == ""


@pytest.mark.parametrize(
    ("done", "trouble", "state"),
    [
        ("fetched", "the other end answered 404", S.DOWNLOAD_FAILED),
        ("paused", "no link", S.DOWNLOAD_PAUSED),
        ("checked", "InvalidSignature", S.INVALID_SIGNATURE),
        ("checked", "WrongHash", S.INSTALL_VERIFICATION_FAILED),
        ("checked", "WrongModel: it is for others", S.INSTALL_VERIFICATION_FAILED),
        ("written", "NotWritten: no space", S.INSTALLATION_FAILED),
        ("tested", "SelfTestFailed: 1 runs again", S.INSTALL_VERIFICATION_FAILED),
    ],
)
def test_what_fails_is_told_with_its_reason(done: Any, trouble: str, state: FirmwareState) -> None:
    station = Party(Role.STATION)
    station.say(UpdateFirmware(station=CS, **SIGNED))
    steps = ["fetched", "checked", "written", "tested"]
    station.told(*(steps[: steps.index(done)] if done in steps else ()))
    station.told(done, trouble=trouble)
    last = station.facts(FirmwareStatusReported)[-1]
    assert (last.state, last.detail) == (state, trouble)
    station.told("tested")  # means nothing any more
    assert station.facts(FirmwareStatusReported)[-1] == last


def test_an_order_without_a_number_has_statuses_without_one() -> None:
    station = Party(Role.STATION, StationPolicy(firmware_signed=False))
    station.say(UpdateFirmware(station=CS, location="http://x", unsigned=True))
    (said,) = station.facts(FirmwareStatusReported)
    assert said.request == 0


def test_a_signer_who_is_not_believed_is_refused_before_anything_is_fetched() -> None:
    station = Party(Role.STATION)
    station.engine.signers = Judge("RevokedCertificate")
    station.say(UpdateFirmware(station=CS, **SIGNED))
    assert station.facts(FirmwareStatusReported) == []
    assert [one.reason for one in station.facts(FirmwareCertificateRefused)] == ["RevokedCertificate"]
    assert station.rows(FirmwareUpdate) == []


def test_a_station_takes_nothing_unsigned_and_nothing_while_it_installs() -> None:
    station = Party(Role.STATION)
    with pytest.raises(Refused) as refusal:
        station.say(UpdateFirmware(station=CS, location="http://x", request=5))
    assert refusal.value.code == "Unsigned"
    station.say(UpdateFirmware(station=CS, **SIGNED))
    station.told("fetched", "checked")
    for command in (UpdateFirmware(station=CS, **(SIGNED | {"request": 6})), RebootStation(station=CS)):
        with pytest.raises(Refused) as refusal:
            station.say(command)
        assert refusal.value.code == "FwUpdateInProgress"


def answered(party: Party) -> list[Any]:
    """Return what is answered last, once it is durable."""
    _, replies, _ = party.engine.commit._open.dones[-1]
    return list(replies)


@pytest.mark.parametrize("number", [5, 0])  # OCPP 1.6 has no numbers
@pytest.mark.parametrize(("done", "state"), [((), S.DOWNLOADING), (("fetched", "checked"), S.INSTALLING)])
def test_an_order_that_is_told_again_as_its_answer_was_lost_goes_on_as_it_was(
    number: int, done: tuple[Any, ...], state: FirmwareState
) -> None:
    station = Party(Role.STATION)
    order = UpdateFirmware(station=CS, **(SIGNED | {"request": number}), retrieve_at=T0)
    station.say(order)
    (before,) = station.rows(FirmwareUpdate)
    for one in done:
        station.say(FirmwareTold(station=CS, at=T0, request=before.request, done=one))
    (before,) = station.rows(FirmwareUpdate)
    station.after(5)
    station.say(order)
    assert answered(station) == [FirmwareOrderAnswer(request=before.request)]
    assert station.rows(FirmwareUpdate) == [before]
    assert before.state is state
    reported = station.facts(FirmwareStatusReported)[-1]
    assert (reported.at, reported.request, reported.state) == (station.clock.at, number, state)


@pytest.mark.parametrize("change", [{"location": "https://x/z"}, {"retrieve_at": T0 + timedelta(hours=1)}])
def test_another_order_of_the_same_number_takes_the_place_of_the_one_before(change: dict[str, Any]) -> None:
    station = Party(Role.STATION)
    station.say(UpdateFirmware(station=CS, **SIGNED))
    station.say(UpdateFirmware(station=CS, **(SIGNED | change)))
    assert answered(station) == [FirmwareOrderAnswer(request=5, cancelled=True)]


def test_a_later_order_takes_the_place_of_one_that_is_not_being_installed() -> None:
    station = Party(Role.STATION)
    station.say(UpdateFirmware(station=CS, **SIGNED))
    station.say(UpdateFirmware(station=CS, **(SIGNED | {"request": 6})))
    assert (station.update(5).state, station.update(6).state) == (S.CANCELLED, S.DOWNLOADING)
    station.told("fetched")  # of the first
    assert station.update(6).state is S.DOWNLOADING


def test_a_station_that_let_nobody_in_before_an_update_lets_them_in_again_once_another_takes_its_place() -> None:
    station = Party(Role.STATION, transfers=charging())
    station.say(UpdateFirmware(station=CS, **SIGNED, admit=False))
    station.told("fetched", "checked")
    assert station.station.blocked_by == AWAITED
    station.say(UpdateFirmware(station=CS, **(SIGNED | {"request": 6})))
    assert station.station.blocked_by == ""
