# SPDX-License-Identifier: Apache-2.0
"""Commands about firmware for the catalogue of outcomes: an image that is here, and a station that does as it is told."""

import hashlib
from pathlib import Path
from typing import Any

from tests.e2e.firmware_house import Manufacturer, bring
from tests.e2e.house import House
from tests.e2e.link_player import AnyPlayer, LinkPlayer

from open63110.model.firmware import PublicationState
from open63110.usecases.stations.update_firmware import FirmwareOrderAnswer, PublicationAnswer, UnpublishAnswer


async def firmware_cases(here: House, cs: AnyPlayer, folder: Path, case: Any, served: tuple[str, ...]) -> dict[str, Any]:
    """Return the commands, each with a good and a bad body.

    Args:
        here: the CSMS.
        cs: the station; energy flows there, so that campaigns wait.
        folder: for keys.
        case: makes a case.
        served: the wires on which stations can serve images to others.
    """
    if isinstance(cs, LinkPlayer):
        cs.answers["UpdateFirmware"] = lambda order: (FirmwareOrderAnswer(request=order.request),)
        cs.answers["PublishFirmware"] = lambda _: (PublicationAnswer(state=PublicationState.PUBLISHED),)
        cs.answers["UnpublishFirmware"] = lambda _: (UnpublishAnswer(status="unpublished"),)
    else:
        cs.obey("UpdateFirmware", "SignedUpdateFirmware", "PublishFirmware")
        cs.answers["UnpublishFirmware"] = lambda _: {"status": "Unpublished"}
    said = here.station("CS-1").identity
    maker = Manufacturer(folder)
    made = maker.image("2", said.model or "any")
    manifest = maker.manifest("fw-2", made, "2", said.model or "any") | {"vendor": said.vendor or "any"}
    await bring(here, manifest, made)
    other = {"sha256": hashlib.sha256(b"other").hexdigest()}
    await here.ask("firmware-images/put", manifest | {"id": "fw-8"} | other)
    image, nothing, one, none = {"image": "fw-2"}, {"image": "none"}, {"id": "spring"}, {"id": "none"}
    start = {"images": ["fw-2"], "stations": ["CS-1"]}
    return {
        "PutFirmwareImage": case(manifest | {"id": "fw-9"} | other, manifest | {"id": "fw-9", "size": 0}, station=""),
        "UpdateFirmware": case(image, nothing),
        "PublishFirmware": case(image, nothing, wires=served),
        "UnpublishFirmware": case(image, nothing, wires=served),
        "StartCampaign": case(one | start, none | start | {"stations": ["CS-NONE"]}, station=""),
        "PauseCampaign": case(one, none, station=""),
        "ResumeCampaign": case(one, none, station=""),
        "CancelCampaign": case(one, none, station=""),
        "RemoveFirmwareImage": case({"id": "fw-8"}, none, station=""),
    }
