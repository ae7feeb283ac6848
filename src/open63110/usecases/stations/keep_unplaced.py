# SPDX-License-Identifier: Apache-2.0
"""Keep what a station says and no use case carries yet: nothing that was acknowledged is lost.

Clause:     7.2.2
Asked by:   charging station
Done by:    CSMS
Leaves:     the message in the journal, with what is odd about it, and an answer that promises nothing
"""

from collections.abc import Iterator

from msgspec.structs import replace

from open63110.kernel.messages import Effect, Reply
from open63110.kernel.roles import Role
from open63110.kernel.usecase import UseCase
from open63110.model.quarantine import MessageKept
from open63110.model.station import Station


class Kept(Reply, frozen=True, kw_only=True, gc=False):
    """It is in the journal; what the station may be told about it depends on what goes on there."""

    message: MessageKept
    running: bool = False
    """An energy transfer goes on at the EVSE it names."""


def keep(message: MessageKept, station: Station) -> Iterator[Effect]:
    """Keep it, flagged where it does not fit the picture of the station."""
    running = any(one.ended is None and one.evse == message.evse for one in station.transfers.values())
    fact = replace(message, flags=tuple(_oddities(message, station, running=running)))
    yield fact
    yield Kept(message=fact, running=running)


def _oddities(message: MessageKept, station: Station, *, running: bool) -> Iterator[str]:
    if message.evse and message.evse not in station.evses and not running:
        yield "unknown-evse"
    if message.reference and message.reference not in station.transfers:
        yield "unknown-transfer"
    if message.request is not None:  # the use cases that ask for such answers would hear them themselves
        yield "unasked"


USE_CASE = UseCase(
    clause="7.2.2",
    title="Data transfer: keep what has no use case",
    decide={(Role.CSMS, MessageKept): keep},
)
