# SPDX-License-Identifier: Apache-2.0
"""The seam between the session layer and whatever carries frames: four methods, frames whole and in order.

It has two sides. A program hears of a carrier by the four calls of ``wire.ports.Paced``: opened, received, drained, closed; and
writes to its ``Socket``. So no link needs a task of its own, which a server of thousands could not have. WebSockets call these by
themselves. Any other carrier has the four methods below, and ``websocket_carrier.carry`` lets an end of a program speak over it.
"""

from typing import Protocol


class CarrierLost(Exception):
    """The carrier is gone; what was written last may or may not have arrived."""


class Carrier(Protocol):
    """A connection that carries frames both ways until one end closes it or it breaks."""

    async def connect(self) -> str:
        """Make or accept the connection; return the identity in the other end's certificate.

        Raises:
            CarrierLost: it cannot be made.
        """
        ...

    async def send_frame(self, frame: bytes) -> None:
        """Write one frame; returns when the carrier wants to have more.

        Raises:
            CarrierLost: the connection is gone.
        """
        ...

    async def recv_frame(self) -> bytes:
        """Return the next frame.

        Raises:
            CarrierLost: the connection is gone.
        """
        ...

    async def close(self) -> None:
        """End the connection; doing so twice is no fault."""
        ...
