# SPDX-License-Identifier: Apache-2.0
"""Messages as CBOR and back: every one of the registry, and what strangers make of them (B.7, B.15, B.21)."""

import contextlib
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest
from msgspec.structs import replace
from tools.link_samples import NOON, STATION, Wallet, corpus, sample, typical

from open63110.bindings.link.messages.codec import CODEC, Codec, decode, encode, read
from open63110.bindings.link.messages.record import Setting
from open63110.bindings.link.messages.registry import REGISTRY, Definition
from open63110.kernel.errors import Malformed, NotSupported
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferReference
from open63110.model.authorization import StopRemotely
from open63110.model.reading import Reading
from open63110.model.station import ConnectorReported
from open63110.model.token import Credential
from open63110.model.transfer import EnergyTransferUpdated
from open63110.usecases.services.authorize_externally import StartRemotely
from open63110.usecases.sessions.energy_transfer import StartTransfer, TransferStatusAnswer
from open63110.usecases.stations.monitor_station import Acknowledged, Heartbeat

EVERY = pytest.mark.parametrize("definition", REGISTRY.messages, ids=lambda one: one.name)
VECTORS = json.loads((Path(__file__).parents[6] / "docs/bindings/vectors/messages.json").read_text(encoding="utf-8"))["vectors"]
STOP, CONNECTOR, READINGS = 26, 6, 8


@EVERY
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_every_message_comes_back_as_it_was(definition: Definition, full: bool, known: bool) -> None:
    wallet, chance = Wallet(), random.Random(5)
    for _ in range(10):
        message = sample(definition.name, chance, full=full)
        station = STATION if known else None
        body = encode(message, station=station, subjects=wallet)
        assert decode(definition.number, body, station=station, subjects=wallet) == message
        assert cbor2.dumps(cbor2.loads(body)) == body


@EVERY
def test_a_full_message_uses_every_key(definition: Definition) -> None:
    body = encode(sample(definition.name, random.Random(5), full=True))
    assert cbor2.loads(body).keys() == set(definition.part.fields.values())


def test_what_equals_its_default_is_left_out() -> None:
    assert encode(Acknowledged()) == b"\xa0"
    assert encode(Heartbeat(station=STATION), station=STATION) == b"\xa0"
    assert decode(12, b"\xa0", station=STATION) == Heartbeat(station=STATION)


@pytest.mark.at("AT-B.21-1", "link")
@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one['number']}-{len(one['hex'])}")
def test_golden_vectors_are_read_and_written_to_the_byte(vector: dict[str, Any]) -> None:
    wallet, body = Wallet(), bytes.fromhex(vector["hex"])
    message = decode(vector["number"], body, subjects=wallet)
    assert encode(message, subjects=wallet) == body
    assert type(message).__name__ in vector["form"]
    assert REGISTRY.by_number[vector["number"]].version >= vector["version"]


@pytest.mark.at("AT-B.15-3", "link")
def test_fields_of_a_newer_version_are_passed_over() -> None:
    message = StopRemotely(station=STATION, reference=TransferReference("a7"))
    newer = cbor2.loads(encode(message)) | {999: "later", 24: [1, {"x": 2}], -7: b"vendor"}
    assert decode(STOP, cbor2.dumps(newer)) == message


def test_what_vendors_add_keeps_its_bytes() -> None:
    message = StopRemotely(station=STATION, reference=TransferReference("a7"))
    odd = bytes.fromhex("fa40490fdb")  # a float of 32 bits, which this end would never write
    found = read(STOP, encode(message, vendor={-1: odd, -300: b"\x80"}), subjects=Wallet())
    assert found.message == message
    assert found.vendor == {-1: odd, -300: b"\x80"}
    assert encode(found.message, vendor=found.vendor) == encode(message, vendor={-1: odd, -300: b"\x80"})


@pytest.mark.parametrize(
    ("number", "tree", "where"),
    [
        (STOP, [], "StopRemotely"),
        (STOP, {2: 7}, "StopRemotely.reference"),
        (STOP, {1: 7, 2: "a"}, "StopRemotely.station"),
        (STOP, {}, "StopRemotely.reference"),
        (STOP, {2: "a", "x": 1}, "StopRemotely.reference"),
        (CONNECTOR, {2: 1.5, 3: 1, 4: 1, 5: 0}, "ConnectorReported.at"),
        (CONNECTOR, {2: 0, 3: -1, 4: 1, 5: 0}, "ConnectorReported.evse"),
        (CONNECTOR, {2: 0, 3: 1, 4: 2**63, 5: 0}, "ConnectorReported.connector"),
        (CONNECTOR, {2: 0, 3: True, 4: 1, 5: 0}, "ConnectorReported.evse"),
        (CONNECTOR, {2: 0, 3: 1, 4: 1, 5: 99}, "ConnectorReported.state"),
        (CONNECTOR, {2: 0, 3: 1, 4: 1, 5: "available"}, "ConnectorReported.state"),
        (CONNECTOR, {2: 0, 3: 1, 4: 1, 5: 0, 6: 99}, "ConnectorReported.detail"),
        (CONNECTOR, {2: 0, 3: 1, 4: 1, 5: 0, 10: 1}, "ConnectorReported.offline"),
        (CONNECTOR, {2: -(10**17), 3: 1, 4: 1, 5: 0}, "ConnectorReported.at"),
        (READINGS, {3: 1, 4: []}, "MeterValuesReported"),
        (READINGS, {2: 0, 3: 1, 4: 1}, "MeterValuesReported.readings"),
        (READINGS, {2: 0, 3: 1, 4: [[0, [1], []]]}, "MeterValuesReported.readings"),
        (READINGS, {2: 0, 3: 1, 4: [[2**63, [1], [1]]]}, "MeterValuesReported.readings"),
        (7, {2: 0, 3: "x", 12: 2**63}, "StationEventReported.offline"),
        (7, {2: 0, 3: "x", 5: 2**63}, "StationEventReported.severity"),
        (10, {2: 0, 3: {1: 5}}, "StationBooted.identity.vendor"),
        (10, {2: 0, 3: 5}, "StationBooted.identity"),
        (11, {1: 3, 2: "soon", 3: 0}, "RegistrationAnswer.interval"),
        (14, {2: ["x"]}, "AuthorizeCredential.subject"),
        (32, {3: {}}, "SendLocalList.entries"),
        (46, {2: "s", 3: "z", 4: 1, 10: []}, "LimitZone.weights"),
    ],
)
def test_what_does_not_fit_is_refused_by_message_and_field(number: int, tree: Any, where: str) -> None:
    with pytest.raises(Malformed) as caught:
        decode(number, cbor2.dumps(tree), station=STATION, subjects=Wallet())
    assert caught.value.where == where


def test_a_number_that_nobody_has_is_not_supported() -> None:
    for deed in (lambda: decode(9999, b"\xa0"), lambda: CODEC.definition(9999)):
        with pytest.raises(NotSupported) as caught:
            deed()
        assert caught.value.code == "UnknownType"
    assert CODEC.definition(STOP).name == "StopRemotely"


def test_what_never_crosses_a_link_is_not_written() -> None:
    message = StartTransfer(station=STATION, evse=EvseNumber(1))
    for deed in (encode, CODEC.number):
        with pytest.raises(NotSupported):
            deed(message)


def test_a_body_cannot_speak_of_another_station_than_its_address() -> None:
    body = encode(StopRemotely(station=STATION, reference=TransferReference("a7")))
    with pytest.raises(Malformed) as caught:
        decode(STOP, body, station=StationId("other"))
    assert caught.value.where == "StopRemotely.station"
    assert encode(StopRemotely(station=STATION, reference=TransferReference("a7")), station=StationId("other")) == body


@pytest.mark.parametrize(
    "change",
    [{"at": datetime(2026, 1, 1)}, {"at": None}, {"evse": "1"}, {"state": []}, {"info": "\ud800"}],  # noqa: DTZ001
)
def test_what_cannot_be_written_is_refused(change: dict[str, Any]) -> None:
    message = ConnectorReported(station=STATION, at=NOON, evse=EvseNumber(1), connector=ConnectorNumber(1), state="available")
    with pytest.raises(Malformed) as caught:
        encode(replace(message, **change))
    assert caught.value.code == "Unwritable"


def test_moments_keep_their_milliseconds() -> None:
    at = datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=UTC)
    message = ConnectorReported(station=STATION, at=at, evse=EvseNumber(1), connector=ConnectorNumber(1), state="available")
    assert decode(CONNECTOR, encode(message)).at == at.replace(microsecond=999_000)


def test_credentials_travel_and_references_do_not() -> None:
    message = StartRemotely(station=STATION, subject=SubjectRef("anna"), evse=EvseNumber(1))
    body = encode(message, subjects=Wallet())
    assert cbor2.loads(body)[2] == [0, "04A1B2C3D4E5F6"]
    other = Wallet()
    heard = decode(24, body, subjects=other)
    assert other.credential(heard.subject) == Credential(kind="ISO14443", value="04A1B2C3D4E5F6")
    with pytest.raises(Malformed, match="nobody here knows credentials"):
        decode(24, body)


def test_an_erased_credential_travels_as_a_reference_that_nobody_else_has() -> None:
    gone = StartRemotely(station=STATION, subject=SubjectRef("erased-17"), evse=EvseNumber(1))
    other = Wallet()
    heard = decode(24, encode(gone, subjects=Wallet()), subjects=other)
    assert heard.subject != SubjectRef("erased-17")
    assert cbor2.loads(encode(heard, subjects=other))[2] == "erased-17"
    assert decode(24, encode(gone)) == gone


def test_a_stranger_cannot_pass_for_somebody_by_naming_the_reference() -> None:
    other = Wallet()
    heard = decode(24, cbor2.dumps({1: STATION, 2: "anna", 3: 1}), subjects=other)
    assert other.credential(heard.subject) != other.credential(SubjectRef("anna"))


def test_a_kind_of_credential_without_a_number_goes_by_its_word() -> None:
    wallet = Wallet()
    odd = wallet.ref(Credential(kind="Palm", value="left"))
    message = StartRemotely(station=STATION, subject=odd, evse=EvseNumber(1))
    assert decode(24, encode(message, subjects=wallet), subjects=wallet) == message


def test_none_and_absent_are_told_apart_where_there_is_no_default() -> None:
    for ongoing in (None, True, False):
        answer = TransferStatusAnswer(reference=TransferReference("a7"), ongoing=ongoing)
        assert decode(40, encode(answer)) == answer


def test_any_change_to_a_body_is_read_or_refused() -> None:
    chance, wallet = random.Random(11), Wallet()
    bodies = [(CODEC.number(one), encode(one, subjects=wallet)) for one in corpus()]
    for _ in range(20_000):
        number, body = chance.choice(bodies)
        changed = bytearray(body)
        for _ in range(chance.randrange(1, 4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        with contextlib.suppress(Malformed):
            encode(decode(number, bytes(changed), subjects=wallet), subjects=wallet)


def test_the_typical_meter_message_is_small() -> None:
    assert len(encode(typical(), subjects=Wallet())) <= 260
    assert len(typical().readings) == 10


def test_readings_need_no_moment_of_their_message() -> None:
    at = NOON + timedelta(hours=1)
    readings = (Reading(at=at, measurand="soc", value=63.0),)
    assert CODEC.readings.shape.read(cbor2.loads(CODEC.readings.shape.write(readings, Setting(None))), Setting(None)) == readings


def test_an_update_speaks_of_its_own_moment_by_nought() -> None:
    update = EnergyTransferUpdated(
        station=STATION,
        at=NOON,
        reference=TransferReference("a7"),
        seq=1,
        readings=(Reading(at=NOON, measurand="soc", value=63.0),),
    )
    assert cbor2.loads(encode(update))[11] == [[0, [13], [63_000]]]


def test_a_registry_that_names_a_field_that_is_not_there_is_caught() -> None:
    part = REGISTRY.by_name["Heartbeat"].part
    with pytest.raises(TypeError, match="has no"):
        Codec(REGISTRY).shapes.record(Heartbeat, replace(part, fields={"pulse": 1}))
    forgot = Codec(REGISTRY).shapes
    forgot.record(Heartbeat, replace(part, kept=frozenset()))
    assert forgot.unnumbered == ["Heartbeat.every"]
