# SPDX-License-Identifier: Apache-2.0
"""What both ends check of a way to a CSMS."""

import re
from typing import Final

from open63110.kernel.errors import Malformed
from open63110.usecases.stations.migrate_station.messages import MigrateStation

SCHEMES: Final = {1: ("ws",), 2: ("wss",), 3: ("wss",)}
"""By security profile."""

ADDRESS: Final = re.compile(r"(?P<scheme>[a-z]+)://(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?(?:/[^\s?#@]*)?")
"""Scheme, host, port and path; no user, no query."""

LONGEST: Final = 512
"""Characters of an address in OCPP 2.0.1."""


def demand_address(command: MigrateStation) -> None:
    """See to it that a station can dial it.

    Raises:
        Malformed: it cannot.
    """
    parts = ADDRESS.fullmatch(command.url)
    if parts is None or len(command.url) > LONGEST or not 0 < int(parts["port"] or 1) < 1 << 16:
        raise Malformed(f"{command.url} is no address of a CSMS", code="InvalidConfURL", where="url")
    if parts["scheme"] not in SCHEMES.get(command.demanded(), ()):
        words = f"security profile {command.demanded()} does not go with {parts['scheme']}://"
        raise Malformed(words, code="InvalidNetworkConf", where="security")
