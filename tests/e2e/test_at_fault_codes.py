# SPDX-License-Identifier: Apache-2.0
"""What fault codes mean (8.3.11): catalogues from people and over the link, alarms in the operator's language."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.e2e.house import WIRES, House, house
from tests.e2e.player import playing
from tests.e2e.test_at_simulated import Standing, standing
from tests.e2e.test_at_stations import notify

from open63110.kernel.ids import StationId
from open63110.model.alarm import StationAlarm
from open63110.model.fault import CatalogueFetch, FaultCatalogue, FaultMap, UnknownFault, digest_of
from open63110.model.standard_faults import STANDARD
from open63110.pki.makers import Makers
from open63110.usecases.stations.provision_fault_codes import CatalogueLoaded, FaultCatalogueAnnounced

E42 = {
    "code": "E42",
    "severity": 2,
    "text": {"en": "Output overloaded", "de": "Ausgang überlastet"},
    "remedy": {"en": "Check the cable", "de": "Kabel prüfen"},
    "std_code": "CX004",
}
SIMULATED = {"vendor": "open63110", "model": "Newest", "fw": "1.0.0"}


def catalogue(version: str, of: dict[str, str], **more: Any) -> str:
    """What a maker writes."""
    return json.dumps(of | {"version": version, "entries": [E42]} | more, ensure_ascii=False)


def load(at: Standing, content: str, signature: str = "") -> None:
    """Let the simulated station have a catalogue, as with a new firmware."""
    now = at.engine.clock.now()
    at.engine.hear((CatalogueLoaded(station=StationId("CS-1"), at=now, content=content, signature=signature),))


async def faults(here: House, language: str) -> list[tuple[str, str, str]]:
    """Text, remedy and standard code of each open alarm, as somebody reads them who speaks a language."""
    said = await here.admin.get("stations/CS-1/faults", headers={"Accept-Language": language})
    assert said.status_code == 200, said.text
    meanings = [one["meaning"] for one in said.json()["items"] if one["meaning"]]
    return [(one["text"], one["remedy"], one["standard"]) for one in meanings]


IN_GERMAN = ("Ausgang überlastet", "Kabel prüfen", "CX004")
IN_ENGLISH = ("Output overloaded", "Check the cable", "CX004")


@pytest.mark.at("AT-8.3.11-1", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_an_alarm_says_in_the_operators_language_what_its_code_means_and_the_standard_code(
    wire: str, tmp_path: Path
) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await here.register("CS-1")
        await here.on_board(cs)
        identity = here.station("CS-1").identity
        content = catalogue("1", {"vendor": identity.vendor, "model": identity.model})
        order = await here.ask("catalogues/import", {"content": content})
        assert order["outcome"] == "accepted"
        if wire == "v16":
            await cs.status(1, "Faulted", here.now(), errorCode="OtherError", vendorErrorCode="E42")
        else:
            await cs.call("NotifyEvent", notify(cs, 1, 2, "E42", here.now()))
        await here.until(lambda: here.rows(StationAlarm))
        assert await faults(here, "de-CH, en;q=0.5") == [IN_GERMAN]
        assert await faults(here, "en") == [IN_ENGLISH]
        assert here.rows(UnknownFault) == []


@pytest.mark.at("AT-8.3.11-1", "link")
async def test_over_the_link_the_station_brings_its_own_catalogue(tmp_path: Path) -> None:
    async with standing(tmp_path, "link") as at:
        here = at.here
        load(at, catalogue("1", SIMULATED))
        await here.until(lambda: [one.source for one in here.rows(FaultCatalogue)] == ["CS-1"])
        at.hardware.break_down(1, "E42", 86_400)
        await here.until(lambda: here.rows(StationAlarm))
        assert IN_GERMAN in await faults(here, "de")
        assert IN_ENGLISH in await faults(here, "en-GB")


@pytest.mark.at("AT-8.3.11-2", "link")
async def test_a_catalogue_that_changes_with_the_firmware_is_fetched_once_more_and_not_with_each_fault(tmp_path: Path) -> None:
    async with standing(tmp_path, "link") as at:
        here = at.here
        load(at, catalogue("1", SIMULATED))
        await here.until(lambda: here.rows(FaultCatalogue))
        load(at, catalogue("2", SIMULATED, notes="new"))
        await here.until(lambda: here.rows(FaultCatalogue)[0].version == "2")
        for _ in range(3):
            at.hardware.break_down(1, "E42", 20)
            await here.until(lambda: at.hardware.evses[1].fault is not None)
            await here.until(lambda: at.hardware.evses[1].fault is None)
        await at.lose_link(60)
        await at.link_is_back()
        at.hardware.break_down(2, "E42", 86_400)
        await here.until(lambda: any(one.evse == 2 for one in here.rows(StationAlarm)))
        asked = await here.facts(FaultCatalogueAnnounced, "CS-1")
        assert [one.version for one in asked] == ["1", "2"]
        assert IN_GERMAN in await faults(here, "de")


@pytest.mark.at("AT-8.3.11-3", "link")
async def test_a_catalogue_that_was_tampered_with_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    path = tmp_path / "maker-2026.pem"
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    good = catalogue("1", SIMULATED)
    signature = base64.b64encode(key.sign(good.encode())).decode()
    async with standing(tmp_path, "link") as at:
        here = at.here
        here.csms.engine.trust = Makers({"open63110": (str(path),)})
        load(at, good, signature)
        await here.until(lambda: [one.signed_by for one in here.rows(FaultCatalogue)] == ["maker-2026"])
        tampered = good.replace("Check the cable", "Ignore the cable").replace('"1"', '"2"')
        load(at, tampered, signature)
        await here.until(lambda: here.rows(CatalogueFetch)[0].reason == "InvalidSignature")
        (kept,) = here.rows(FaultCatalogue)
        assert (kept.version, kept.digest) == ("1", digest_of(good))
        assert (await here.ask("fault-codes/E42", None, vendor="open63110", model="Newest", firmware="1.0.0"))["remedy"] == (
            "Check the cable"
        )

        refused = await here.admin.post("catalogues/import", json={"content": tampered, "signature": signature})
        assert refused.json()["order"]["reason"] == "InvalidSignature"
        unsigned = await here.admin.post("catalogues/import", json={"content": tampered})
        assert unsigned.json()["order"]["reason"] == "Unsigned"


@pytest.mark.parametrize("wire", WIRES)
async def test_a_code_that_nothing_explains_is_shown_as_it_is_and_counted(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await here.register("CS-1")
        await here.on_board(cs)
        if wire == "v16":
            await cs.status(1, "Faulted", here.now(), errorCode="NoError", vendorErrorCode="E99")
        else:
            await cs.call("NotifyEvent", notify(cs, 1, 2, "E99", here.now()))
            await cs.call("NotifyEvent", notify(cs, 2, 2, "E99", here.now()))
        await here.until(lambda: here.rows(UnknownFault))
        listed = (await here.ask("unknown-faults"))["items"]
        assert [(one["code"], one["count"]) for one in listed] == [("E99", 1 if wire == "v16" else 2)]
        (item,) = (await here.ask("stations/CS-1/faults"))["items"]
        assert item["meaning"] is None
        assert "E99" in {item["alarm"]["code"], item["alarm"]["vendor_code"]}


async def test_a_station_on_the_link_uses_the_operators_names_for_its_faults(tmp_path: Path) -> None:
    async with standing(tmp_path, "link") as at:
        here = at.here
        order = await here.ask("stations/CS-1/map-fault-codes", {"names": [{"code": "E42", "called": "CX004"}]})
        assert order["outcome"] == "accepted"
        await here.until(lambda: [one.standing for one in here.rows(FaultMap)] == ["set"])
        at.hardware.break_down(1, "E42", 86_400)
        await here.until(lambda: any(one.code == "CX004" for one in here.rows(StationAlarm)))
        assert (STANDARD["CX004"].text["de"], "", "CX004") in await faults(here, "de")


async def test_a_station_on_ocpp_cannot_be_told_other_names(tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", "v21") as cs:
        await here.register("CS-1")
        await here.on_board(cs)
        refused = await here.admin.post("stations/CS-1/map-fault-codes", json={"names": [{"code": "E42", "called": "CX004"}]})
        assert refused.json()["order"]["outcome"] == "not-supported"
