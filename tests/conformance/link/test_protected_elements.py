# SPDX-License-Identifier: Apache-2.0
"""B.3 over the link: what is signed or sealed passes a local CSMS and a CSMS, which can neither read nor change it."""

import contextlib
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from open63110.bindings.link.carriers.memory_carrier import Line
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.protection.elements import element
from open63110.bindings.link.protection.protected import (
    Addressee,
    Demand,
    Keyring,
    OpenedBody,
    Protection,
    Signer,
    open_body,
    protected_body,
    protections,
)
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session
from open63110.kernel.errors import Refused
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferReference
from open63110.kernel.roles import Role
from open63110.model.reading import Reading
from open63110.model.token import CARD, Credential
from open63110.model.transfer import EnergyTransferUpdated
from open63110.pki.authority import Wish
from open63110.pki.folder import Folder, Given
from open63110.pki.identity import Party

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)
CARD_NUMBER = "04A1B2C3D4E5F6"
SUBJECT = SubjectRef("subject-1")
AT, PERSON, READINGS = (2,), (6,), (11,)
"""Keys of EnergyTransferUpdated in the registry. Readings count from `at`, so whoever signs one signs the other."""
LEVELS = ("CS1", "local-csms", "csms", "csp")
Hop = Callable[[bytes], bytes]


class Cards:
    """Who stands behind a reference, at one party."""

    def ref(self, credential: Credential) -> SubjectRef:
        assert credential == self.credential(SUBJECT)
        return SUBJECT

    def credential(self, ref: SubjectRef) -> Credential | None:
        return Credential(kind=CARD, value=CARD_NUMBER) if ref == SUBJECT else None


class House:
    """A station, the two levels above it, and the charging service provider, each with a certificate of one authority."""

    def __init__(self, folder: Path) -> None:
        self.authority = Folder(folder / "pki")
        self.authority.make("Site authority", [], NOON)
        self.given = {name: self.give(name, role) for name, role in zip(LEVELS, ROLES, strict=True)}
        self.meter_key = ed25519.Ed25519PrivateKey.generate()
        csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(self.meter_key, None)
        wish = Wish(party=Party("M1", Role.METER))
        self.meter = self.authority.issue(wish, NOON, request=csr.public_bytes(Encoding.PEM))

    def give(self, name: str, role: Role) -> Given:
        return self.authority.issue(Wish(party=Party(name, role)), NOON)

    def ring(self, name: str) -> Keyring:
        """What one party has: its own key, and the certificates that the authority vouches for."""
        ring, given = Keyring(), self.given[name]
        ring.own(key_of(given), der(given))
        for certificate in self.authority.certificates():
            known = certificate.public_bytes(Encoding.DER)
            with contextlib.suppress(Refused):
                self.authority.vouched(known, NOON)
                ring.believe(known)
        return ring

    @property
    def meter_signs(self) -> Signer:
        return Keyring().own(self.meter_key, der(self.meter))


ROLES = (Role.STATION, Role.LOCAL_CSMS, Role.CSMS, Role.CSP)


def key_of(given: Given) -> ec.EllipticCurvePrivateKey:
    assert given.key is not None
    key = load_pem_private_key(given.key.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def der(given: Given) -> bytes:
    return x509.load_pem_x509_certificate(given.certificate.read_bytes()).public_bytes(Encoding.DER)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def report() -> EnergyTransferUpdated:
    """What the station has to tell."""
    return EnergyTransferUpdated(
        station=StationId("CS1"),
        at=NOON,
        reference=TransferReference("T-1"),
        seq=3,
        evse=EvseNumber(1),
        subject=SUBJECT,
        state="charging",
        trigger="MeterValuePeriodic",
        readings=(
            Reading(at=NOON, measurand="energy.import.register", value=12345.6),
            Reading(at=NOON, measurand="power.import", value=2.0**-20),  # not thousandths, and shorter than 64 bits
        ),
    )


NUMBER, KEY = CODEC.number(report()), b"report-3"


def session(name: str) -> Session:
    return Session(Hello(identity=name), MemoryOutbox(name.encode()), MemorySeen(), clock=LocalClock(NOON, 0.0, 0.01))


def carried(body: bytes, hop: Hop = lambda body: body) -> tuple[Arrived, list[bytes]]:
    """Carry a message through both relays; return what the last level was given, and all bytes the relays saw.

    Args:
        body: of the message.
        hop: what a relay makes of it.
    """
    message, dump = body, list[bytes]()
    header = Header(src="/site/cs1", dst="/csp", type=NUMBER, key=KEY)
    for below, above in itertools.pairwise(LEVELS):
        line = Line(session(below), session(above))
        line.connect()
        line.ends[0].send(header, message, line.now)
        line.run(5)
        (arrived,) = line.arrived(1)
        dump.append(arrived.body)
        header, message = arrived.header, hop(arrived.body)
    return arrived, dump


def read(found: OpenedBody) -> EnergyTransferUpdated:
    message = CODEC.decode(NUMBER, found.body, subjects=Cards())
    assert isinstance(message, EnergyTransferUpdated)
    return message


@pytest.mark.at("AT-B.3-1", "link")
def test_a_value_signed_by_the_meter_passes_two_levels_and_is_verified_by_the_last(house: House) -> None:
    signer = house.meter_signs
    signed = Protection(by=signer)
    body = protected_body(CODEC.encode(report(), subjects=Cards()), NUMBER, KEY, {AT: signed, READINGS: signed})
    arrived, dump = carried(body)
    assert set(dump) == {body}
    by_the_meter = Demand(signers=frozenset({signer.key_id}))
    found = open_body(
        arrived.body, arrived.header.type, arrived.header.key, house.ring("csp"), {AT: by_the_meter, READINGS: by_the_meter}
    )
    assert found.troubles == ()
    assert found.opened[READINGS].signers == (signer.key_id,)
    assert read(found) == report()


@pytest.mark.at("AT-B.3-2", "link")
def test_one_bit_flipped_by_a_relay_costs_that_element_and_nothing_else(house: House) -> None:
    signed = Protection(by=house.meter_signs)
    body = protected_body(CODEC.encode(report(), subjects=Cards()), NUMBER, KEY, {AT: signed, READINGS: signed})
    start = body.index(element(body, READINGS)) + len(protections(body)[READINGS].raw) // 2
    ring = house.ring("csp")
    for bit in range(8):
        flip = bytes((body[start] ^ 1 << bit,))
        arrived, _ = carried(body, lambda seen, flip=flip: seen[:start] + flip + seen[start + 1 :] if seen == body else seen)  # type: ignore[misc] # a lambda's defaults have no types
        found = open_body(arrived.body, arrived.header.type, arrived.header.key, ring)
        assert [one.where for one in found.troubles] == ["11"]
        assert found.troubles[0].code in {"BadSignature", "Malformed"}
        rest = read(found)
        assert (rest.reference, rest.seq, rest.subject, rest.readings) == ("T-1", 3, SUBJECT, ())


@pytest.mark.at("AT-B.3-2", "link")
def test_a_relay_cannot_replace_or_drop_what_must_be_signed(house: House) -> None:
    meter, ring = house.meter_signs, house.ring("csp")
    plain = CODEC.encode(report(), subjects=Cards())
    relay_signs = Keyring().own(key_of(house.given["local-csms"]), der(house.given["local-csms"]))
    forged = protected_body(plain, NUMBER, KEY, {READINGS: Protection(by=relay_signs)})
    for body, code in ((plain, "NotProtected"), (forged, "UnknownKey")):
        arrived, _ = carried(body)
        found = open_body(arrived.body, NUMBER, KEY, ring, {READINGS: Demand(signers=frozenset({meter.key_id}))})
        assert [(one.code, one.where) for one in found.troubles] == [(code, "11")]
        assert read(found).readings == ()


@pytest.mark.at("AT-B.3-2", "link")
def test_a_relay_cannot_move_what_was_signed_to_another_message(house: House) -> None:
    signed = Protection(by=house.meter_signs)
    body = protected_body(CODEC.encode(report(), subjects=Cards()), NUMBER, b"report-2", {READINGS: signed})
    arrived, _ = carried(body)
    found = open_body(arrived.body, arrived.header.type, arrived.header.key, house.ring("csp"))
    assert [(one.code, one.where) for one in found.troubles] == [("BadSignature", "11")]


@pytest.mark.at("AT-B.3-3", "link")
def test_no_relay_reads_a_sealed_credential_and_its_addressee_does(house: House) -> None:
    plain = CODEC.encode(report(), subjects=Cards())
    assert CARD_NUMBER.encode() in plain
    body = protected_body(plain, NUMBER, KEY, {PERSON: Protection(to=Addressee.of(der(house.given["csp"])))})
    arrived, dump = carried(body)
    assert len(dump) == 3
    seen = b"".join(dump)
    assert CARD_NUMBER.encode() not in seen
    assert CARD_NUMBER.encode().hex() not in json.dumps([one.hex() for one in dump])
    for relay in ("local-csms", "csms"):
        found = open_body(body, NUMBER, KEY, house.ring(relay))
        assert [(one.code, one.where) for one in found.troubles] == [("UnknownKey", "6")]
        assert (read(found).subject, read(found).readings) == (None, report().readings)
    found = open_body(arrived.body, arrived.header.type, arrived.header.key, house.ring("csp"))
    assert (found.troubles, found.opened[PERSON].sealed) == ((), True)
    assert read(found) == report()


def test_a_revoked_meter_is_no_longer_believed(house: House) -> None:
    signed = Protection(by=house.meter_signs)
    body = protected_body(CODEC.encode(report(), subjects=Cards()), NUMBER, KEY, {READINGS: signed})
    assert open_body(body, NUMBER, KEY, house.ring("csp")).troubles == ()
    assert house.authority.revoke(house.meter.serial, "key-compromise", NOON).role is Role.METER
    found = open_body(body, NUMBER, KEY, house.ring("csp"))
    assert [(one.code, one.where) for one in found.troubles] == [("UnknownKey", "11")]
