# SPDX-License-Identifier: Apache-2.0
"""Messages whose use case is not carried yet: journalled word by word, persons by reference only."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import SubjectRef, TransferReference
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.quarantine import MessageKept
from open63110.model.token import Credential


def nothing_to_say(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def keeping(
    action: str,
    *,
    evse: str = "",
    request: str = "",
    reference: str = "",
    moment: str = "",
    personal: tuple[str, ...] = (),
    answer: Callable[[Sequence[Reply], Door], Any] = nothing_to_say,
    refuse: Callable[[Trouble, Door], Any] | None = None,
) -> Translation:
    """Return the translation of a message that is kept, not understood. Only the called end: this product never sends it.

    Args:
        action: its name.
        evse: which attribute names an EVSE; empty: none does. So with the next three.
        request: … what it answers.
        reference: … an energy transfer.
        moment: … when it happened; empty: when it comes.
        personal: fields, as the wire spells them, that say something of a person.
        answer: what the station is told; nothing where the response is empty.
        refuse: … where it has a status.
    """

    def from_wire(said: Any, door: Door) -> tuple[Message, ...]:
        named = _named(said, evse), _named(said, request), _named(said, reference)
        at = _named(said, moment)
        return (
            MessageKept(
                station=door.station,
                at=door.now if at is None else utc(at),
                wire=door.version.value,
                action=action,
                payload=journalled(bytes(door.raw), personal, door),
                evse=named[0] or 0,
                request=named[1],
                reference=TransferReference(named[2] or ""),
            ),
        )

    return Translation(action=action, sender=Role.STATION, from_wire=from_wire, answer=answer, refuse=refuse)


def _named(said: Any, attribute: str) -> Any:
    return given(getattr(said, attribute)) if attribute else None


def journalled(raw: bytes, personal: tuple[str, ...], door: Door) -> str:
    """Return a payload as the journal may hold it: fields about persons stand under a reference that erasure can empty."""
    if not personal:
        return raw.decode("utf-8", "replace")
    said = msgspec.json.decode(raw)
    for name in personal:
        if name in said:
            said[name] = {"subject": _referenced(name, said[name], door)}
    return msgspec.json.encode(said).decode()


def _referenced(name: str, value: Any, door: Door) -> SubjectRef:
    """Return the reference of a value; of an IdToken it is the one it has everywhere."""
    if isinstance(value, dict) and {"idToken", "type"} <= value.keys():
        return door.subjects.ref(Credential(kind=str(value["type"]), value=str(value["idToken"])))
    words = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return door.subjects.ref(Credential(kind=name, value=words))
