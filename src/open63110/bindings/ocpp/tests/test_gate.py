# SPDX-License-Identifier: Apache-2.0
"""Who gets in: every security profile, every policy for strangers, every mistake with passwords and certificates (I4)."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from open63110.bindings.ocpp.gate import Gate, Listening, Strangers
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.waiting import WaitingRoom
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.principal import Principal
from open63110.model.station import Registration, Station
from open63110.runtime.keys import Keys
from open63110.wire.ports import Accept, Decline, Upgrade

KEYS = Keys(b"p" * 32)
SECRET = "correct-horse-battery-staple"
CLOSED, PASSWORD, CERTIFICATE = (
    Listening(password=False),
    Listening(),
    Listening(password=False, certificate=True),
)
EVERY = ("ocpp1.6", "ocpp2.0.1", "ocpp2.1")


class Quiet:
    """A peer that is never opened."""

    def opened(self, socket: Any) -> None:
        raise AssertionError(socket)

    def received(self, message: bytes, binary: bool) -> None:
        raise AssertionError(message)

    def closed(self, code: int, reason: str) -> None:
        raise AssertionError(reason)


class Site:
    """A CSMS that knows the station CS1, and its password where one is given."""

    def __init__(
        self,
        listening: Listening = PASSWORD,
        *,
        strangers: Strangers = "quarantine",
        registration: Registration = Registration.ACCEPTED,
        places: int = 1,
        **principal: Any,
    ) -> None:
        self.seen: list[tuple[str, str]] = []
        self.opened: list[tuple[str, Version]] = []
        cs1 = Station(id=StationId("CS1"), registration=registration)
        stations = {cs1.id: cs1}
        principals = {}
        if principal:
            secret = principal.pop("secret")
            made = Principal(**{"id": "CS1", "role": Role.STATION, "key": secret and KEYS.hash("CS1", secret), **principal})
            principals[PrincipalId("CS1")] = made
        self.gate = Gate(
            stations,
            principals,
            KEYS,
            lambda who, kind, _: self.seen.append((who, kind)),
            listening={"main": listening},
            strangers=strangers,
            waiting=WaitingRoom(stations, places),
        )
        self.gate.open = self._open

    def _open(self, station: StationId, version: Version, upgrade: Upgrade) -> Quiet:
        self.opened.append((station, version))
        return Quiet()

    def comes(self, path: str = "/ocpp/CS1", *, offers: tuple[str, ...] = EVERY, **more: Any) -> Accept | Decline:
        fields: dict[str, Any] = {"headers": {}, "remote": ("10.0.0.1", 5), "secure": True, "certificate": None, **more}
        return self.gate(Upgrade(path=path, query="", subprotocols=offers, listener="main", **fields))


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def status(answer: Accept | Decline) -> int:
    return answer.status if isinstance(answer, Decline) else 101


def certificate(common: str, *names: str) -> bytes:
    key, at = ec.generate_private_key(ec.SECP256R1()), datetime(2026, 1, 1, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=9))
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


# -- which version --


@pytest.mark.parametrize("offers", [EVERY, EVERY[::-1], ("ocpp1.6", "ocpp2.1"), ("nonsense", "ocpp2.1", "ocpp2.0.1")])
def test_the_newest_version_is_chosen_whatever_the_order_of_the_offer(offers: tuple[str, ...]) -> None:
    site = Site(CLOSED)
    answer = site.comes(offers=offers)
    assert isinstance(answer, Accept)
    assert answer.subprotocol == "ocpp2.1"
    assert site.opened == [("CS1", Version.V21)]


def test_a_listener_speaks_only_what_it_was_told_to() -> None:
    answer = Site(Listening(password=False, versions=(Version.V16,))).comes()
    assert isinstance(answer, Accept)
    assert answer.subprotocol == "ocpp1.6"


@pytest.mark.parametrize("offers", [(), ("ocpp1.5", "ocpp2.0")])
def test_without_a_common_version_the_handshake_is_finished_and_the_socket_closed(offers: tuple[str, ...]) -> None:
    class Socket:
        closed: tuple[int, str] = (0, "")

        def close(self, code: int, reason: str) -> None:
            self.closed = code, reason

    site = Site(CLOSED)
    answer, socket = site.comes(offers=offers), Socket()
    assert isinstance(answer, Accept)
    assert answer.subprotocol is None
    answer.peer.received(b"[2]", False)
    answer.peer.opened(socket)  # type: ignore[arg-type]  # all that is used of one
    answer.peer.closed(1002, "")
    assert socket.closed[0] == 1002
    assert "no common OCPP version" in socket.closed[1]
    assert site.opened == []


# -- which station --


@pytest.mark.parametrize("path", ["/", "/elsewhere/CS1", "/ocpp/", "/ocpp/" + "x" * 49, "/ocpp/a%3Ab"])
def test_a_path_that_names_no_station_is_not_found(path: str) -> None:
    assert status(Site(CLOSED).comes(path)) == 404


@pytest.mark.parametrize(("strangers", "expected"), [("refuse", 404), ("quarantine", 101), ("accept", 101)])
@pytest.mark.parametrize("listening", [CLOSED, PASSWORD], ids=["closed", "password"])
def test_a_stranger_comes_in_as_the_operator_chose(strangers: Strangers, expected: int, listening: Listening) -> None:
    assert status(Site(listening, strangers=strangers).comes("/ocpp/other")) == expected


def test_a_station_that_is_rejected_may_connect_for_it_may_have_something_to_finish() -> None:
    assert status(Site(CLOSED, registration=Registration.REJECTED).comes()) == 101


def test_a_stranger_who_waits_in_quarantine_may_come_again() -> None:
    assert status(Site(registration=Registration.QUARANTINED).comes()) == 101


def test_a_stranger_who_was_accepted_may_come_again() -> None:
    assert status(Site(strangers="accept").comes()) == 101


@pytest.mark.parametrize("listening", [CLOSED, PASSWORD])
def test_one_stranger_too_many_is_refused_in_nobodys_name(listening: Listening) -> None:
    site = Site(listening, places=2)
    assert [status(site.comes(f"/ocpp/X{n}")) for n in range(4)] == [101, 101, 503, 503]
    assert [name for name, _ in site.opened] == ["X0", "X1"]
    assert set(site.seen) == {("csms", "TooManyStrangers")}
    assert status(site.comes("/ocpp/X0")) == 101


def test_a_full_waiting_room_keeps_nobody_out_who_is_known_or_was_given_a_password() -> None:
    assert status(Site(CLOSED, places=0).comes()) == 101
    site = Site(places=0)
    site.gate._principals = {
        PrincipalId("CS2"): Principal(id=PrincipalId("CS2"), role=Role.STATION, key=KEYS.hash("CS2", SECRET))
    }
    assert status(site.comes("/ocpp/CS2", headers=basic("CS2", SECRET))) == 101


def test_strangers_who_are_accepted_on_sight_need_no_place() -> None:
    assert status(Site(CLOSED, strangers="accept", places=0).comes("/ocpp/other")) == 101


def test_who_shows_the_wrong_certificate_takes_no_place() -> None:
    site = Site(CERTIFICATE, places=1)
    assert status(site.comes("/ocpp/X0", certificate=certificate("X1"))) == 401
    assert status(site.comes("/ocpp/X1", certificate=certificate("X1"))) == 101


@pytest.mark.parametrize("strangers", ["refuse", "quarantine"])
def test_a_station_that_somebody_vouched_for_needs_a_password(strangers: Strangers) -> None:
    site = Site(strangers=strangers, registration=Registration.NEW)
    answer = site.comes()
    assert isinstance(answer, Decline)
    assert (answer.status, "no password is set" in answer.reason) == (401, True)


# -- profiles 1 and 2: passwords --


@pytest.mark.parametrize("user", ["CS1", "cs1"])
def test_the_right_password_opens(user: str) -> None:
    site = Site(secret=SECRET)
    assert status(site.comes(headers=basic(user, SECRET))) == 101
    assert site.seen == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("CS1", "wrong"),
        basic("CS1", ""),
        basic("CS2", SECRET),
        {"authorization": f"Bearer {SECRET}"},
        {"authorization": "Basic not-base64!"},
        {"authorization": "Basic " + base64.b64encode(b"\xff\xfe:x").decode()},
        {"authorization": "Basic"},
    ],
)
def test_any_other_password_is_refused_and_told_the_operator_without_being_quoted(headers: dict[str, str]) -> None:
    site = Site(secret=SECRET)
    answer = site.comes(headers=headers)
    assert isinstance(answer, Decline)
    assert answer.status == 401
    assert answer.headers[0][0] == "WWW-Authenticate"
    assert SECRET not in answer.reason
    assert site.seen == [("CS1", "FailedToAuthenticateAtCsms")]


def test_the_password_of_one_station_is_none_for_another() -> None:
    site = Site(secret="", key=KEYS.hash("CS2", SECRET))
    assert status(site.comes(headers=basic("CS1", SECRET))) == 401


def test_a_clone_with_another_case_in_its_name_is_a_stranger_and_not_the_station() -> None:
    site = Site(secret=SECRET, strangers="refuse")
    assert status(site.comes("/ocpp/cs1", headers=basic("cs1", SECRET))) == 404


@pytest.mark.parametrize("changed", [{"disabled": True}, {"role": Role.OPERATOR}])
@pytest.mark.parametrize("strangers", ["refuse", "quarantine", "accept"])
def test_a_principal_that_is_disabled_or_no_station_does_not_get_in(changed: dict[str, Any], strangers: Strangers) -> None:
    site = Site(secret=SECRET, strangers=strangers, **changed)
    assert status(site.comes(headers=basic("CS1", SECRET))) == 401


def test_a_principal_without_a_password_does_not_get_in_with_an_empty_one() -> None:
    assert status(Site(secret="").comes(headers=basic("CS1", ""))) == 401


def test_who_has_a_password_shows_it_on_an_open_listener_too() -> None:
    assert status(Site(CLOSED, secret=SECRET).comes()) == 401
    assert status(Site(CLOSED, secret=SECRET).comes(headers=basic("CS1", SECRET))) == 101


def test_an_open_listener_lets_in_who_has_none() -> None:
    assert status(Site(CLOSED).comes()) == 101


# -- profile 3: certificates --


@pytest.mark.parametrize("names", [("CS1",), ("Acme", "CS1"), ("CS1", "other.example")])
def test_a_certificate_that_names_the_station_opens_without_a_password(names: tuple[str, ...]) -> None:
    site = Site(CERTIFICATE, secret=SECRET)
    assert status(site.comes(certificate=certificate(*names))) == 101
    assert site.seen == []


@pytest.mark.parametrize("names", [("CS2",), ("cs1",), ("Acme", "other.example"), ("CS1.example",)])
def test_a_certificate_that_names_another_is_refused(names: tuple[str, ...]) -> None:
    site = Site(CERTIFICATE)
    assert status(site.comes(certificate=certificate(*names))) == 401
    assert site.seen == [("CS1", "InvalidCertificate")]


def test_no_certificate_is_refused() -> None:
    assert status(Site(CERTIFICATE, strangers="accept").comes("/ocpp/other")) == 401


def test_a_listener_may_demand_both() -> None:
    both = Listening(password=True, certificate=True)
    assert status(Site(both, secret=SECRET).comes(certificate=certificate("CS1"))) == 401
    assert status(Site(both, secret=SECRET).comes(certificate=certificate("CS1"), headers=basic("CS1", SECRET))) == 101


def test_a_gate_that_leads_nowhere_says_so() -> None:
    site = Site(CLOSED)
    site.gate.open = Gate({}, {}, KEYS, lambda *_: None, listening={}, strangers="refuse", waiting=WaitingRoom({}, 0)).open
    with pytest.raises(RuntimeError, match="nobody opens"):
        site.comes()
