# SPDX-License-Identifier: Apache-2.0
"""NotifyCustomerInformation (2.0.1): what a station keeps of a customer, in parts; held by reference, so that it can be deleted.

Not carried: when the station made it. It counts from when it is heard.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.translation import Door, Translation, given, stored
from open63110.kernel.errors import Malformed
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.deletion import WORDS
from open63110.model.token import Credential
from open63110.usecases.stations.delete_information import CustomerInformationReported

LONGEST: Final = 512
"""Characters of a part."""

DROPPED = ("at", "lines")
"""Lines of ours go as text, and come as the station's own words."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a part.

    Raises:
        Malformed: parts are numbered from 0 on.
    """
    if request.seq_no < 0:
        raise Malformed("parts are numbered from 0 on", code="OutOfRange", where="seqNo")
    text = None
    if request.data:  # what is the same text is still another part, so the number stands in front of it
        words = f"{door.station}/{request.request_id}/{request.seq_no}\n{request.data}"
        text = door.subjects.ref(Credential(kind=WORDS, value=words))
    part = CustomerInformationReported(
        station=door.station,
        at=door.now,
        request=request.request_id,
        page=request.seq_no,
        more=bool(given(request.tbc)),
        text=text,
    )
    return (part,)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood."""
    return EMPTY


def to_wire(event: CustomerInformationReported, door: Door) -> types.NotifyCustomerInformationRequest:
    """Tell a part."""
    return types.NotifyCustomerInformationRequest(
        request_id=event.request,
        seq_no=event.page,
        generated_at=event.at,
        tbc=event.more or UNSET,
        data="; ".join(event.lines)[:LONGEST],
    )


NOTIFY_CUSTOMER_INFORMATION = Translation(
    action="NotifyCustomerInformation",
    sender=Role.STATION,
    carries=(CustomerInformationReported,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
