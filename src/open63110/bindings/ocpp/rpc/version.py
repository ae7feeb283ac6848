# SPDX-License-Identifier: Apache-2.0
"""The versions of OCPP-J, named by their WebSocket subprotocol."""

from enum import StrEnum


class Version(StrEnum):
    """A version spoken on a connection; the value is the subprotocol."""

    V16 = "ocpp1.6"
    V201 = "ocpp2.0.1"
    V21 = "ocpp2.1"


NEWEST_FIRST = (Version.V21, Version.V201, Version.V16)
"""Our choice of several, whatever the order of the offer (I4)."""
