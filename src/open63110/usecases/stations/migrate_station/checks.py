# SPDX-License-Identifier: Apache-2.0
"""What both ends check of a way to a CSMS."""

from typing import Final

from open63110.kernel.errors import Malformed
from open63110.model.network import ADDRESS
from open63110.usecases.stations.migrate_station.messages import MigrateStation

SCHEMES: Final = {1: ("ws",), 2: ("wss",), 3: ("wss",)}
"""By security profile."""

LONGEST: Final = 512
"""Characters of an address in OCPP 2.0.1."""


def demand_address(command: MigrateStation) -> None:
    """See to it that a station can dial it.

    Raises:
        Malformed: it cannot.
    """
    parts = ADDRESS.fullmatch(command.url)
    if parts is None or len(command.url) > LONGEST or not 0 < int(parts["port"] or 1) < 1 << 16:
        words = "a CSMS is reached by ws:// or wss://, a host, perhaps a port and a path, and nothing else"
        raise Malformed(words, code="InvalidConfURL", where="url")
    if parts["scheme"] not in SCHEMES.get(command.demanded(), ()):
        words = f"security profile {command.demanded()} does not go with {parts['scheme']}://"
        raise Malformed(words, code="InvalidNetworkConf", where="security")
