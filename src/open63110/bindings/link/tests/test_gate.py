# SPDX-License-Identifier: Apache-2.0
"""Who may open a link: path, subprotocol, room, certificate, role, and one certificate per identity (B.10)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from open63110.bindings.link.anteroom import Anteroom
from open63110.bindings.link.gate import Gate, Refusal, Shown, may_replace, shown
from open63110.bindings.link.revoked import Revoked
from open63110.kernel.errors import Malformed
from open63110.kernel.roles import Role
from open63110.model.peer import Peer as KnownPeer
from open63110.wire.ports import Accept, Decline, Upgrade

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


def certificate(key: ec.EllipticCurvePrivateKey = KEY, serial: int = 7, days: int = 9) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CS-1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(serial).not_valid_before(NOON).not_valid_after(NOON + timedelta(days=days))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def identify(der: bytes) -> tuple[str, Role]:
    if der == b"?":
        raise Malformed("nobody")
    return "CS-1", Role.STATION


def upgrade(**more: Any) -> Upgrade:
    usual: dict[str, Any] = {
        "path": "/link",
        "query": "",
        "headers": {},
        "subprotocols": ("iec63110.link.v1",),
        "remote": ("192.0.2.1", 5),
        "secure": True,
        "certificate": certificate(),
        "listener": "link",
    }
    return Upgrade(**usual | more)


class Nobody:
    """A peer that does nothing."""

    def opened(self, socket: object) -> None:
        """Open."""

    def received(self, message: bytes, binary: bool) -> None:
        """Hear."""

    def closed(self, code: int, reason: str) -> None:
        """Close."""


def gate(
    *, known: KnownPeer | None = None, opening: int = 0, opens: Callable[..., Any] | None = None, role: Role = Role.STATION
) -> tuple[Gate, list[tuple[str, str, str]]]:
    events: list[tuple[str, str, str]] = []
    made = Gate(
        identify,
        Revoked(None, None),
        lambda *event: events.append(event),
        opens={role: opens or (lambda *_: Nobody())},
        anteroom=_filled(opening),
        known=lambda _: known,
        now=lambda: NOON,
    )
    return made, events


def _filled(count: int) -> Anteroom:
    """An anteroom of three places with so many in it, who have just come."""
    made = Anteroom(3)
    for number in range(count):
        made.enter(f"CS-9{number}", time.monotonic(), lambda: None)
    return made


def peer(key: ec.EllipticCurvePrivateKey = KEY, *, serial: str = "7", until: datetime | None = None) -> KnownPeer:
    found = shown(certificate(key), identify)
    return KnownPeer(id="CS-1", key=found.key, serial=serial, until=until or NOON + timedelta(days=9))


def test_a_station_with_a_certificate_is_let_in() -> None:
    made, events = gate()
    answer = made(upgrade())
    assert isinstance(answer, Accept)
    assert answer.subprotocol == "iec63110.link.v1"
    assert events == []


@pytest.mark.parametrize(
    ("more", "status"), [({"path": "/ocpp/CS-1"}, 404), ({"subprotocols": ("ocpp2.1",)}, 400), ({"subprotocols": ()}, 400)]
)
def test_what_is_no_link_is_told_where_and_how_there_is_one(more: dict[str, Any], status: int) -> None:
    made, events = gate()
    answer = made(upgrade(**more))
    assert isinstance(answer, Decline)
    assert (answer.status, events) == (status, [])


def test_who_comes_when_too_many_do_is_told_when_to_come_again() -> None:
    made, events = gate(opening=3)
    answer = made(upgrade())
    assert isinstance(answer, Decline)
    ((name, value),) = answer.headers
    assert (answer.status, name, made.turned_away, events) == (503, "Retry-After", 1, [])
    assert 1 <= int(value) <= 10


@pytest.mark.parametrize(
    ("der", "role", "who", "kind", "status"),
    [
        (None, Role.STATION, "192.0.2.1", "InvalidCertificate", 401),
        (b"?", Role.STATION, "192.0.2.1", "InvalidCertificate", 403),
        (certificate(), Role.DSO, "CS-1", "RoleNotAdmitted", 403),
    ],
)
def test_a_refusal_is_one_event_about_who_was_shown(der: bytes | None, role: Role, who: str, kind: str, status: int) -> None:
    made, events = gate(role=role)
    answer = made(upgrade(certificate=der))
    assert isinstance(answer, Decline)
    assert answer.status == status
    assert [event[:2] for event in events] == [(who, kind)]


def test_another_certificate_of_a_known_identity_is_turned_away() -> None:
    made, events = gate(known=peer(OTHER))
    answer = made(upgrade())
    assert isinstance(answer, Decline)
    assert [event[:2] for event in events] == [("CS-1", "IdentityMismatch")]


def test_who_opens_links_may_refuse_without_an_event() -> None:
    made, events = gate(opens=lambda *_: Refusal(kind="", words="not registered", status=404))
    answer = made(upgrade())
    assert isinstance(answer, Decline)
    assert (answer.status, answer.reason, events) == (404, "not registered", [])


def test_a_certificate_takes_the_place_of_another_only_when_that_is_over() -> None:
    new: Shown = shown(certificate(serial=8), identify)
    nobody = Revoked(None, None)
    assert may_replace(None, new, nobody, NOON)
    assert may_replace(KnownPeer(id="CS-1"), new, nobody, NOON)
    assert may_replace(peer(KEY), new, nobody, NOON)
    assert not may_replace(peer(OTHER), new, nobody, NOON)
    assert may_replace(peer(OTHER, until=NOON), new, nobody, NOON)

    class Taken(Revoked):
        def __contains__(self, serial: int) -> bool:
            return serial == 7

    assert may_replace(peer(OTHER), new, Taken(None, None), NOON)
