# SPDX-License-Identifier: Apache-2.0
"""Who gets in: identity, subprotocol, credentials, all before the upgrade is answered."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID

from open63110.bindings.ocpp.address import station_of
from open63110.bindings.ocpp.rpc.version import NEWEST_FIRST, Version
from open63110.bindings.ocpp.waiting import WaitingRoom
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.principal import Principal
from open63110.model.station import Registration, Station
from open63110.runtime.keys import Keys
from open63110.runtime.orders import OURSELVES
from open63110.wire.ports import Accept, Decline, Peer, Socket, Upgrade


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """What one listener demands of a station."""

    password: bool = True
    """HTTP Basic (security profiles 1 and 2). Without it anybody may come: only for closed networks and tests."""
    certificate: bool = False
    """A client certificate that names the station (profile 3)."""
    versions: tuple[Version, ...] = NEWEST_FIRST


Strangers = Literal["refuse", "quarantine", "accept"]
"""As Policy.unknown_stations."""

Security = Callable[[str, str, str], None]
"""(station or address, type of event, words): a refused attempt that the operator should see."""

NO_PLACE = "as many stations wait here that nobody registered as the operator allows; register this one first"


class Gate:
    """Decides about upgrades of one CSMS."""

    def __init__(
        self,
        stations: Mapping[StationId, Station],
        principals: Mapping[PrincipalId, Principal],
        keys: Keys,
        security: Security,
        *,
        listening: Mapping[str, Listening],
        strangers: Strangers,
        waiting: WaitingRoom,
    ) -> None:
        """Look things up where the engine keeps them; decide nothing twice.

        Args:
            stations: those that are known.
            principals: who has which password.
            keys: checks passwords.
            security: told of refused attempts.
            listening: what each listener demands, by its name.
            strangers: what the operator chose for stations nobody registered.
            waiting: has a place for each of those that are put in quarantine.
        """
        self._stations, self._principals, self._keys, self._security = stations, principals, keys, security
        self._listening, self._strangers, self._waiting = listening, strangers, waiting
        self.open: Callable[[StationId, Version, Upgrade], Peer] = _nobody
        """Makes the conversation of a station that was let in."""
        self.rotated: Callable[[StationId, str], None] = _unnoticed
        """Told of a station that shows a secret it was given in the place of another, and the hash of that (8.3.15)."""

    def __call__(self, upgrade: Upgrade) -> Accept | Decline:
        """Decide about one request."""
        try:
            station = station_of(upgrade.path)
        except ValueError as fault:
            return Decline(status=404, reason=str(fault))
        listening = self._listening[upgrade.listener]
        refusal = self._identify(station, upgrade, listening) or self._find_place(station)
        if refusal is not None:
            return refusal
        version = next((one for one in NEWEST_FIRST if one in listening.versions and one in upgrade.subprotocols), None)
        if version is None:
            return Accept(subprotocol=None, peer=_NoCommonVersion(upgrade.subprotocols))
        return Accept(subprotocol=version, peer=self.open(station, version, upgrade))

    def _identify(self, station: StationId, upgrade: Upgrade, listening: Listening) -> Decline | None:
        known = self._stations.get(station)
        if known is None and self._strangers == "refuse":
            return Decline(status=404, reason="this station is not registered here")
        if known is not None and known.registration is Registration.DEREGISTERED:
            self._security(station, "DeregisteredStation", f"it has left for good, and came from {upgrade.remote[0]}")
            return Decline(status=403, reason="this station is not admitted here")
        if listening.certificate and not _certified(station, upgrade.certificate):
            self._security(station, "InvalidCertificate", "the client certificate does not name the station")
            return Decline(status=401, reason="the client certificate does not name this station")
        principal = self._principals.get(PrincipalId(station))
        wanted = listening.password or (principal is not None and bool(principal.key) and not listening.certificate)
        if not wanted or self._right_password(station, principal, upgrade.headers.get("authorization", "")):
            return None
        return self._wrong_password(station, principal, upgrade)

    def _find_place(self, station: StationId) -> Decline | None:
        """Refuse one stranger too many, in whose name nothing is written: there is no end of names."""
        if self._strangers != "quarantine" or station in self._stations or PrincipalId(station) in self._principals:
            return None
        if self._waiting.admits(station):
            return None
        self._security(OURSELVES.id, "TooManyStrangers", NO_PLACE)
        return Decline(status=503, reason=NO_PLACE)

    def _right_password(self, station: StationId, principal: Principal | None, header: str) -> bool:
        """Basic auth: the user name is the identity (OCPP 2.x requires it, 1.6 stations differ in case at most)."""
        if principal is None:
            return self._may_come_without(station)
        if principal.disabled or principal.role is not Role.STATION:
            return False
        user, _, password = _basic(header).partition(":")
        if user.lower() != station.lower():
            return False
        shown = next((one for one in principal.given if self._keys.matches(station, password, one)), "")
        if shown:
            self.rotated(station, shown)
            return True
        return self._keys.matches(station, password, principal.key)

    def _may_come_without(self, station: StationId) -> bool:
        """Tell whether nobody was to give this station a password: it is a stranger, also when it comes again."""
        if self._strangers == "accept":
            return True
        known = self._stations.get(station)
        return self._strangers == "quarantine" and (known is None or known.registration is Registration.QUARANTINED)

    def _wrong_password(self, station: StationId, principal: Principal | None, upgrade: Upgrade) -> Decline:
        if principal is None or not principal.key:
            reason = "no password is set for this station; set one, or use a listener that needs none"
        else:
            reason = "the password is wrong or missing"
        self._security(station, "FailedToAuthenticateAtCsms", f"{reason}, from {upgrade.remote[0]}")
        return Decline(status=401, reason=reason, headers=(("WWW-Authenticate", 'Basic realm="open63110"'),))


def _basic(header: str) -> str:
    """Return user:password, empty if the header is anything else."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _certified(station: StationId, der: bytes | None) -> bool:
    """Tell whether a certificate names the station: common name (OCPP profile 3) or a subject alternative name."""
    if der is None:
        return False
    certificate = x509.load_der_x509_certificate(der)
    names = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return station in names
    return station in (*names, *extension.value.get_values_for_type(x509.DNSName))


def _nobody(station: StationId, version: Version, upgrade: Upgrade) -> Peer:
    raise RuntimeError(f"nobody opens conversations for {station} ({version}, {upgrade.remote})")


def _unnoticed(_: StationId, __: str) -> None:
    """Nobody wants to know."""


class _NoCommonVersion:
    """OCPP-J: complete the handshake without a subprotocol and close at once."""

    def __init__(self, offered: tuple[str, ...]) -> None:
        self._reason = f"no common OCPP version in {', '.join(offered) or 'an empty offer'}"[:120]

    def opened(self, socket: Socket) -> None:
        """Close."""
        socket.close(1002, self._reason)

    def received(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - the shape of Peer
        """Nothing is heard on it."""

    def closed(self, code: int, reason: str) -> None:
        """It is over."""
