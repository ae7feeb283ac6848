# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.6: what images lie at a CSMS, and who else serves them."""

from typing import Any

import pytest
from tests.firmware_parties import CS, IMAGE, NOBODY, SHA, P, Party
from tests.literal import T0

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.firmware import (
    FirmwareImage,
    FirmwarePublication,
)
from open63110.model.station import Station
from open63110.ports import Where
from open63110.usecases.stations.update_firmware import (
    FirmwareOrderAnswer,
    FirmwarePublishReported,
    PublicationAnswer,
    PublicationOrderEnded,
    PublicationTold,
    PublishFirmware,
    PutFirmwareImage,
    RemoveFirmwareImage,
    UnpublishAnswer,
    UnpublishFirmware,
    UpdateFirmware,
    publication_key,
)

# --- images -----------------------------------------------------------------------------------------------------------

MANIFEST: dict[str, Any] = {
    "station": NOBODY,
    "id": "fw-9",
    "vendor": "Maker",
    "models": ("Duo",),
    "version": "9",
    "size": 10,
    "sha256": SHA.upper(),
    "signature": "c2ln",
    "certificate": "PEM",
}


def test_an_image_is_expected_until_its_content_is_here_and_then_stays_what_it_is() -> None:
    csms = Party(Role.CSMS)
    csms.say(PutFirmwareImage(**MANIFEST))
    csms.say(PutFirmwareImage(**(MANIFEST | {"version": "9.1"})))
    (found,) = csms.rows(FirmwareImage, Where("id", "=", "fw-9"))
    assert (found.version, found.sha256, found.uploaded) == ("9.1", SHA, None)
    with pytest.raises(Refused) as refusal:
        csms.say(PutFirmwareImage(**(MANIFEST | {"id": "fw-2"})))
    assert refusal.value.code == "Exists"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "../passwd"}, "BadName"),
        ({"id": "a/b"}, "BadName"),
        ({"id": ".."}, "BadName"),
        ({"sha256": "12"}, "InvalidValue"),
        ({"size": 0}, "TooLarge"),
        ({"size": 2**40}, "TooLarge"),
        ({"models": ()}, "InvalidValue"),
        ({"models": ("x\n",)}, "InvalidValue"),
        ({"vendor": ""}, "InvalidValue"),
        ({"signature": "", "certificate": ""}, "Unsigned"),
        ({"signature": ""}, "InvalidValue"),
        ({"signature": "§"}, "InvalidValue"),
        ({"signature": "c2ln" * 300}, "TooLarge"),
        ({"notes": "x" * 30_000}, "TooLarge"),
    ],
)
def test_a_manifest_that_cannot_be_is_refused(change: dict[str, Any], code: str) -> None:
    csms = Party(Role.CSMS)
    with pytest.raises((Malformed, Refused)) as refusal:
        csms.say(PutFirmwareImage(**(MANIFEST | change)))
    assert refusal.value.code == code


def test_an_image_is_removed_once() -> None:
    csms = Party(Role.CSMS)
    csms.say(RemoveFirmwareImage(station=NOBODY, id="fw-2"))
    assert csms.rows(FirmwareImage) == []
    with pytest.raises(Unknown):
        csms.say(RemoveFirmwareImage(station=NOBODY, id="fw-2"))


# --- publications -----------------------------------------------------------------------------------------------------


def publication(party: Party, station: StationId) -> Any:
    (found,) = party.rows(FirmwarePublication, Where("key", "=", publication_key(station, IMAGE.md5)))
    return found


def test_a_local_controller_reports_until_stations_can_fetch_from_it() -> None:
    csms = Party(Role.CSMS)
    csms.say(PublishFirmware(station=CS, image="fw-2"))
    (sent,) = csms.sent
    assert isinstance(sent, PublishFirmware)
    assert (sent.md5, sent.sha256) == (IMAGE.md5, SHA)
    csms.say(PublicationOrderEnded(station=CS, at=T0, md5=IMAGE.md5, accepted=True))
    for state in (P.DOWNLOADING, P.DOWNLOADED, P.IDLE, P.CHECKSUM_VERIFIED):
        csms.say(FirmwarePublishReported(station=CS, at=T0, state=state, request=sent.request))
    assert publication(csms, CS).state is P.CHECKSUM_VERIFIED
    where = ("http://lc/fw",)
    csms.say(FirmwarePublishReported(station=CS, at=T0, state=P.PUBLISHED, request=sent.request, locations=where))
    csms.engine.stations[StationId("CS-2")] = Station(id=StationId("CS-2"))
    csms.say(UpdateFirmware(station=StationId("CS-2"), image="fw-2", publisher=CS))
    assert csms.sent[-1].location == "http://lc/fw"  # type: ignore[attr-defined] # an UpdateFirmware
    csms.say(UnpublishFirmware(station=CS, image="fw-2"))
    assert csms.sent[-1].md5 == IMAGE.md5  # type: ignore[attr-defined] # an UnpublishFirmware
    csms.say(PublicationOrderEnded(station=CS, at=T0, md5=IMAGE.md5, accepted=True, withdrawn=True))
    assert publication(csms, CS).state is P.UNPUBLISHED


def test_a_level_below_says_with_each_answer_how_far_it_is() -> None:
    csms, level = Party(Role.CSMS), StationId("mall")
    csms.say(PublishFirmware(station=level, image="fw-2"))
    for reason, state in (("downloading", P.DOWNLOADING), ("NoError", P.PUBLISHED)):
        csms.say(PublicationOrderEnded(station=level, at=T0, md5=IMAGE.md5, accepted=True, reason=reason))
        assert publication(csms, level).state is state


def test_an_image_that_is_to_be_served_here_is_fetched_once_however_often_it_is_asked_for() -> None:
    csms = Party(Role.CSMS)
    csms.engine.known.keep("firmware_image", "fw-2", None)
    order = PublishFirmware(station=NOBODY, image="fw-2", location="https://above/x", md5=IMAGE.md5, sha256=SHA, size=9)
    csms.say(order)
    csms.say(order)
    (known,) = csms.rows(FirmwarePublication)
    assert known.state is P.DOWNLOADING
    csms.say(PublicationTold(station=NOBODY, at=T0, md5=IMAGE.md5, state=P.DOWNLOAD_FAILED))
    csms.say(order)  # hears that it failed, and lets it begin anew
    assert csms.rows(FirmwarePublication) == []
    csms.say(order)
    csms.say(PublicationTold(station=NOBODY, at=T0, md5=IMAGE.md5, state=P.PUBLISHED))
    csms.say(UnpublishFirmware(station=NOBODY, md5=IMAGE.md5))
    assert csms.rows(FirmwarePublication) == []
    with pytest.raises(Malformed):
        csms.say(PublishFirmware(station=NOBODY, image="fw-3", md5="x", sha256="11" * 32))


def test_what_was_published_is_withdrawn_after_its_image_was_removed_here_too() -> None:
    csms = Party(Role.CSMS)
    csms.say(PublishFirmware(station=CS, image="fw-2"))
    csms.say(RemoveFirmwareImage(station=NOBODY, id="fw-2"))
    csms.say(UnpublishFirmware(station=CS, image="fw-2"))
    assert csms.sent[-1].md5 == IMAGE.md5  # type: ignore[attr-defined] # an UnpublishFirmware
    with pytest.raises(Unknown):
        csms.say(UnpublishFirmware(station=CS, image="fw-3"))


FROM_ABOVE: dict[str, Any] = {"station": NOBODY, "image": "fw-2", "location": "https://above/x", "size": 9}


def test_an_image_that_lies_here_never_becomes_another_one_of_the_same_name_from_above() -> None:
    csms = Party(Role.CSMS)
    with pytest.raises(Refused) as refusal:
        csms.say(PublishFirmware(**FROM_ABOVE, md5="ef" * 16, sha256="11" * 32))
    assert refusal.value.code == "Exists"
    assert csms.rows(FirmwareImage, Where("id", "=", "fw-2")) == [IMAGE]


def test_an_image_that_was_served_here_and_removed_since_is_fetched_anew() -> None:
    csms = Party(Role.CSMS)
    csms.engine.known.keep("firmware_image", "fw-2", None)
    order = PublishFirmware(**FROM_ABOVE, md5=IMAGE.md5, sha256=SHA)
    csms.say(order)
    csms.say(PublicationTold(station=NOBODY, at=T0, md5=IMAGE.md5, state=P.PUBLISHED))
    csms.say(RemoveFirmwareImage(station=NOBODY, id="fw-2"))
    csms.say(order)
    assert publication(csms, NOBODY).state is P.DOWNLOADING
    assert len(csms.rows(FirmwareImage, Where("id", "=", "fw-2"))) == 1


@pytest.mark.parametrize("md5", ["", "../../etc/passwd", "CD" * 16, "cd" * 15, "/" * 32])
def test_a_station_serves_nothing_that_no_md5_names(md5: str) -> None:
    station = Party(Role.STATION)
    with pytest.raises(Malformed):
        station.say(PublishFirmware(station=CS, image="", location="https://x", md5=md5, request=2))
    assert station.rows(FirmwarePublication) == []


def test_a_station_that_is_a_local_controller_serves_until_it_is_told_otherwise() -> None:
    station = Party(Role.STATION)
    station.say(UnpublishFirmware(station=CS, md5=IMAGE.md5))
    order = PublishFirmware(station=CS, image="", location="https://x", md5=IMAGE.md5, request=2)
    station.say(order)
    station.say(UnpublishFirmware(station=CS, md5=IMAGE.md5))
    assert publication(station, CS).state is P.DOWNLOADING
    station.say(PublicationTold(station=CS, at=T0, md5=IMAGE.md5, state=P.PUBLISHED, locations=("http://lc",)))
    station.say(order)
    assert [one.state for one in station.facts(FirmwarePublishReported)] == [P.DOWNLOADING, P.PUBLISHED, P.PUBLISHED]
    station.say(UnpublishFirmware(station=CS, md5=IMAGE.md5))
    assert publication(station, CS).state is P.UNPUBLISHED


def test_answers_say_in_a_word_what_is_not_simply_yes() -> None:
    assert FirmwareOrderAnswer(cancelled=True).remark() == "AcceptedCanceled"
    assert PublicationAnswer(state=P.DOWNLOADING).remark() == "downloading"
    assert PublicationAnswer(state=P.PUBLISHED).remark() == ""
    assert [UnpublishAnswer(status=one).remark() for one in ("unpublished", "no-firmware")] == ["", "no-firmware"]
