# SPDX-License-Identifier: Apache-2.0
"""The edge this platform gets: picows where it can be had, else the portable one. One contract suite holds for both."""

from open63110.wire.doorway import Doorway


def _best() -> type[Doorway]:
    try:
        from open63110.wire.picows_edge import Listener  # noqa: PLC0415 - absent on some platforms
    except ImportError:
        from open63110.wire.sansio_edge import Listener as Portable  # noqa: PLC0415 - needed only then

        return Portable
    return Listener


Edge: type[Doorway] = _best()
