# SPDX-License-Identifier: Apache-2.0
"""SetNetworkProfile (2.1): as in 2.0.1, and a station can be given a name and a password for the other CSMS."""

from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, text
from open63110.bindings.ocpp.v201 import set_network_profile as before
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.usecases.stations.migrate_station import MigrateStation

WORDS: Final[dict[str, Any]] = {"ocpp1.6": "OCPP16", "ocpp2.0.1": "OCPP201", "ocpp2.1": "OCPP21"}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read the way; without a version it is any that both ends speak."""
    said = request.connection_data
    version = None if said.ocpp_version is UNSET else before.version_of(said.ocpp_version, WORDS)
    more = {"identity": text(said.identity), "password": text(said.basic_auth_password)}
    return (before.way(request.configuration_slot, said, version, door, **more),)


def to_wire(command: MigrateStation, _: Door) -> types.SetNetworkProfileRequest:
    """Give it.

    Raises:
        NotSupported: 2.1 has no word for what is spoken there.
        Unavailable: its password is forgotten.
    """
    version = WORDS.get(command.version) if command.version else UNSET
    if version is None:
        raise NotSupported(f"OCPP 2.1 does not know {command.version}", code="NoVersion", where="version")
    return types.SetNetworkProfileRequest(
        configuration_slot=command.slot,
        connection_data=types.NetworkConnectionProfileType(
            ocpp_version=version,
            ocpp_interface=command.interface,
            ocpp_transport="JSON",
            message_timeout=command.timeout,
            ocpp_csms_url=command.url,
            security_profile=command.demanded(),
            identity=command.identity or UNSET,
            basic_auth_password=command.whole().password or UNSET,
        ),
    )


SET_NETWORK_PROFILE = replace(before.SET_NETWORK_PROFILE, from_wire=from_wire, to_wire=to_wire)
