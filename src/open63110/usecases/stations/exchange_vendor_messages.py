# SPDX-License-Identifier: Apache-2.0
"""Exchange messages of vendors that no standard knows, of the vendors and kinds that the operator has admitted.

Clause:     7.2.2
Asked by:   CSMS, for an operator; charging station
Done by:    whoever hears it
Leaves:     the message in the journal, and an answer that says whether this vendor and this kind of message are known
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from open63110.kernel.errors import Malformed, Refused, Unavailable
from open63110.kernel.messages import Command, Effect, Event, Reply
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.authorization import may_be_ordered
from open63110.model.policy import Policy
from open63110.model.station import Station

ACCEPTED, UNKNOWN_VENDOR, UNKNOWN_MESSAGE = "Accepted", "UnknownVendorId", "UnknownMessageId"
"""What is answered, in the words of all versions of OCPP."""


VENDOR, MESSAGE = 255, 50
"""Characters of the name of a vendor, and of a kind of message."""


class SendVendorMessage(Command, frozen=True, kw_only=True, gc=False):
    """Tell a station something in a vendor's own words."""

    vendor: str
    """As the vendor names himself, often a domain backwards."""
    message: str = ""
    """Which kind of his messages it is; empty: he has one kind only."""
    data: str = ""
    """JSON; empty: there is none. OCPP 1.6 takes text: a JSON string goes out as its text, anything else as it stands."""


class VendorMessageReceived(Event, frozen=True, kw_only=True, gc=False):
    """Somebody said something in a vendor's own words."""

    vendor: str
    message: str = ""
    data: str = ""
    """JSON, word by word."""
    status: str = ""
    """What was answered; empty while that is not decided."""


class VendorAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """Whether a message of a vendor is known."""

    status: str = ACCEPTED


Vendors = Mapping[str, tuple[str, ...]]
"""Which vendors are known, and which kinds of messages of each; none: all of them."""


def known(vendors: Vendors, vendor: str, message: str) -> str:
    """Return what is to be answered to a message; vendors compare without regard to case, as OCPP has it for identifiers."""
    found = next((kinds for name, kinds in vendors.items() if name.casefold() == vendor.casefold()), None)
    if found is None:
        return UNKNOWN_VENDOR
    return ACCEPTED if not found or message.casefold() in {one.casefold() for one in found} else UNKNOWN_MESSAGE


def ask(command: SendVendorMessage, station: Station, policy: Policy) -> Iterator[Effect]:
    """Pass it on, if the operator has admitted such messages.

    Raises:
        Refused: the vendor, or the kind of message, is not among the settings (``policy.vendors``).
        Malformed: the data is no JSON.
        Unavailable: the station is not there.
    """
    status = known(policy.vendors, command.vendor, command.message)
    if status != ACCEPTED:
        words = f"policy.vendors does not have {command.vendor} {command.message}".strip()
        raise Refused(words, code=status, where="vendor", remedy="add it to the settings")
    _check(command)
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
    yield command


def _check(command: SendVendorMessage) -> None:
    if len(command.vendor) > VENDOR or len(command.message) > MESSAGE:
        raise Malformed(f"at most {VENDOR} and {MESSAGE} characters", code="OutOfRange", where="vendor, message")
    try:
        msgspec.json.decode(command.data or "null")
    except (msgspec.DecodeError, RecursionError) as fault:
        raise Malformed(f"the data is no JSON: {fault}", code="NoJson", where="data") from fault


def hear(event: VendorMessageReceived, policy: Policy) -> Iterator[Effect]:
    """Keep it whatever it is; say whether it is known."""
    status = known(policy.vendors, event.vendor, event.message)
    yield msgspec.structs.replace(event, status=status)
    yield VendorAnswer(status=status)


def obey(command: SendVendorMessage, policy: Policy, now: datetime) -> Iterator[Effect]:
    """At the station: the same; what a known message makes it do is its vendor's matter.

    Raises:
        Refused: the vendor, or the kind of message, is not known here.
    """
    status = known(policy.vendors, command.vendor, command.message)
    if status != ACCEPTED:
        raise Refused("nobody here understands that", code=status, where="vendor")
    yield VendorMessageReceived(
        station=command.station, at=now, vendor=command.vendor, message=command.message, data=command.data, status=status
    )
    yield VendorAnswer()


USE_CASE = UseCase(
    clause="7.2.2",
    title="Data transfer: messages of vendors",
    decide={
        (Role.CSMS, SendVendorMessage): ask,
        (Role.CSMS, VendorMessageReceived): hear,
        (Role.STATION, SendVendorMessage): obey,
    },
    doors=(Door(command=SendVendorMessage, noun="station", verb="send-vendor-message", roles=frozenset({Role.OPERATOR})),),
)
