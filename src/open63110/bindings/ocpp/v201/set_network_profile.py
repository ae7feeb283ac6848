# SPDX-License-Identifier: Apache-2.0
"""SetNetworkProfile (2.0.1): the CSMS gives a station a way to another CSMS, or to itself."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Malformed, NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.migrate_station import MigrateStation, MoveChanged

DROPPED = ("switch", "attempts", "mandate")
"""When it leaves and how often it tries is said by other messages; who agreed is not the station's matter."""

FIRST: Final = "Wired0"
"""What stands for any interface: 2.0.1 has no word for that."""

WORDS: Final[dict[str, Any]] = {"ocpp1.6": "OCPP16", "ocpp2.0.1": "OCPP20"}
"""2.0.1 calls itself so."""


def from_wire(request: Any, door: Door, words: Mapping[str, Any] = WORDS) -> tuple[Message, ...]:
    """Read the way.

    Raises:
        NotSupported: it needs a network of its own, or a version that is not spoken here.
    """
    said = request.connection_data
    return (way(request.configuration_slot, said, version_of(said.ocpp_version, words), door),)


def version_of(word: Any, words: Mapping[str, Any]) -> Any:
    """Return what is spoken on a way.

    Raises:
        NotSupported: nobody here speaks that.
    """
    found = next((ours for ours, wire in words.items() if wire == word), None)
    if found is None:
        raise NotSupported(f"{word} is not spoken here", code="InvalidNetworkConf", where="ocppVersion")
    return found


def way(slot: int, said: Any, version: Any, door: Door, **more: Any) -> MigrateStation:
    """Return our message.

    Raises:
        Malformed: the security profile is none.
    """
    if not 0 < said.security_profile <= 3:
        raise Malformed("a security profile is 1, 2 or 3", code="InvalidNetworkConf", where="securityProfile")
    return MigrateStation(
        station=door.station,
        url=said.ocpp_csms_url,
        slot=slot,
        version=version,
        security=said.security_profile,
        interface=said.ocpp_interface,
        timeout=said.message_timeout,
        **more,
    )


def answer(_: Sequence[Reply], __: Door) -> types.SetNetworkProfileResponse:
    """Keep it."""
    return types.SetNetworkProfileResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.SetNetworkProfileResponse:
    """Say why not."""
    return types.SetNetworkProfileResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(command: MigrateStation, _: Door) -> types.SetNetworkProfileRequest:
    """Give it.

    Raises:
        NotSupported: 2.0.1 has no words for the version, or for a name and a password of the station there.
        Unavailable: its password is forgotten.
    """
    version = WORDS.get(command.version or "ocpp2.0.1")
    if version is None:
        raise NotSupported(f"OCPP 2.0.1 does not know {command.version}", code="NoVersion", where="version")
    if command.whole().identity or command.password:
        words = "OCPP 2.0.1 cannot give a station another name or password for another CSMS"
        raise NotSupported(words, code="NoIdentity", where="identity", remedy="let the other CSMS know it as it is")
    return types.SetNetworkProfileRequest(
        configuration_slot=command.slot,
        connection_data=types.NetworkConnectionProfileType(
            ocpp_version=version,
            ocpp_transport="JSON",
            ocpp_csms_url=command.url,
            message_timeout=command.timeout,
            security_profile=command.demanded(),
            ocpp_interface=FIRST if command.interface == "Any" else command.interface,
        ),
    )


def heard(response: Any, command: MigrateStation, door: Door) -> Verdict:
    """Understand whether it has the way now."""
    return judged(response, MoveChanged(station=command.station, at=door.now, move=command.move(door.now)))


SET_NETWORK_PROFILE = Translation(
    action="SetNetworkProfile",
    sender=Role.CSMS,
    carries=(MigrateStation,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
