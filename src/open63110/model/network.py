# SPDX-License-Identifier: Apache-2.0
"""Ways of a station to CSMSs, and the move from one to another (8.3.14)."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

import msgspec

PRIORITY: Final = "OCPPCommCtrlr/NetworkConfigurationPriority"
"""In which order a station tries its ways: a list of slots."""

ATTEMPTS: Final = "OCPPCommCtrlr/NetworkProfileConnectionAttempts"
"""How often it tries one before it takes the next."""

ADDRESS: Final = re.compile(r"(?P<scheme>[a-z]+)://(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?(?:/[^\s?#@]*)?")
"""Of a CSMS: scheme, host, port and path; no user, no password, no query."""

BUILT_IN: Final = 0
"""The slot of the way that our own station was set up with."""

Interface = Literal["Any", "Wired0", "Wired1", "Wired2", "Wired3", "Wireless0", "Wireless1", "Wireless2", "Wireless3"]

Spoken = Literal["ocpp1.6", "ocpp2.0.1", "ocpp2.1", "iec63110.link.v1"]


class NetworkProfile(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One way to a CSMS."""

    slot: int
    url: str
    version: str = ""
    """What is spoken there; empty: what is spoken here."""
    security: int = 0
    """OCPP security profile."""
    interface: str = "Any"
    timeout: int = 30
    """How long an answer is awaited [s]."""
    identity: str = ""
    """What the station is called there; empty: what it is called here."""
    password: str = ""
    """Empty: the same as here."""


class MoveState(StrEnum):
    """How far a station has come on its way to another CSMS."""

    OFFERED = "offered"
    """It has the way, but does not take it yet."""
    READY = "ready"
    """It will take it when it starts again, which waits for the moment and for idle."""
    LEAVING = "leaving"
    """It was told to start again."""
    LEFT = "left"
    """It has gone."""
    RETURNED = "returned"
    """It came back: it does not reach the other CSMS."""
    FAILED = "failed"
    """It did not take the way."""
    CANCELLED = "cancelled"


class Move(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """The move of one station to another CSMS, as the CSMS that lets it go sees it."""

    url: str
    slot: int
    state: MoveState
    since: datetime
    """Of this state."""
    switch: datetime | None = None
    """When it is to leave; None: as soon as it can."""
    attempts: int = 3
    """How often it tries the other CSMS before it comes back."""
    mandate: str = ""
    """Who at the other operator agreed, and where that is written."""
    before: str = ""
    """The order of its ways before; empty: nobody knows yet."""
    reason: str = ""
    """Why it failed."""

    @property
    def open(self) -> bool:
        """It goes on."""
        return self.state in OPEN


OPEN: Final = frozenset({MoveState.OFFERED, MoveState.READY, MoveState.LEAVING})
