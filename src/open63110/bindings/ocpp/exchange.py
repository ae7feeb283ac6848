# SPDX-License-Identifier: Apache-2.0
"""What the line of a station needs of those around it."""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Protocol

from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.tolerance import Deviation
from open63110.bindings.ocpp.translation import Wire
from open63110.kernel.messages import Message
from open63110.ports import Clock, FrameLog
from open63110.runtime.orders import Verdict


class Owner(Protocol):
    """The controller of a station, as its line sees it."""

    @property
    def waiting(self) -> Container[str]:
        """References of the energy transfers of which messages wait; asked for once, always current."""

    def before(self, messages: Sequence[Message]) -> None:
        """Get ready for what the CSMS says: read the meters of what it may end."""

    def over(self, key: Any, verdict: Verdict) -> None:
        """Take note of how a call ended; what the answer says has been heard already."""

    def link_changed(self) -> None:
        """Look at the link again: it is open, or it is not any more."""


class Exchange(Protocol):
    """What the lines of a process share."""

    wires: Mapping[Version, Wire]
    frames: FrameLog
    clock: Clock
    time: Callable[[], float]
    received: int
    malformed: int
    strays: int

    def prefix(self) -> str:
        """Return a fresh prefix of message ids."""

    def dial(self, line: Any, attempt: int, number: int) -> None:
        """Dial, after a pause that grows with the attempts that failed."""

    def deviate(self, deviations: Sequence[Deviation]) -> None:
        """Count how the CSMS bends the schema."""
