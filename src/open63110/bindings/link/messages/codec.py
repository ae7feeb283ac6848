# SPDX-License-Identifier: Apache-2.0
"""Messages as the body of a DATA message: a CBOR map with the integer keys of the registry, and back."""

from typing import Any, Final

import msgspec

from open63110.bindings.link.messages import items
from open63110.bindings.link.messages.moments import Misfit
from open63110.bindings.link.messages.readings import Readings
from open63110.bindings.link.messages.record import Record, Setting, Subjects
from open63110.bindings.link.messages.registry import REGISTRY, Definition, Registry
from open63110.bindings.link.messages.schema import Shapes
from open63110.bindings.link.messages.shapes import person, worded
from open63110.kernel.errors import Malformed, NotSupported
from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.reading import Reading, SignedReading


class Read(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message that was read, with what vendors added to it."""

    message: Any
    vendor: dict[int, bytes] = {}
    """Values under negative keys, in the bytes they came in; who passes the message on passes them on."""


class Codec:
    """Writes and reads the messages of a registry."""

    def __init__(self, registry: Registry) -> None:
        """Derive how each message is written.

        Raises:
            TypeError: the registry does not cover a field of a message.
        """
        self.registry = registry
        kinds = worded("CredentialKind", registry.words["CredentialKind"], str)
        special: dict[Any, Any] = {SubjectRef: person(kinds)}
        self.shapes = Shapes(registry, special)
        self.readings = Readings(registry, self.shapes.shape(SignedReading | None))
        special[tuple[Reading, ...]] = self.readings.shape
        self.records = {one.number: self.shapes.record(one.kind, one.part) for one in registry.messages}
        """Message number → how it is written."""
        self._by_kind = {one.kind: self.records[one.number] for one in registry.messages}

    def carried(self, kind: type[Any]) -> frozenset[str]:
        """Return the fields of a message, or of a record inside one, that cross the link."""
        found = self.registry.by_kind.get(kind)
        part = found.part if found is not None else self.registry.parts[kind.__name__]
        return part.packed | part.fields.keys()

    def definition(self, number: int) -> Definition:
        """Return what the registry says of a message.

        Raises:
            NotSupported: it has no message of this number.
        """
        found = self.registry.by_number.get(number)
        if found is None:
            raise NotSupported(f"no message has the number {number}", code="UnknownType")
        return found

    def number(self, message: Any) -> int:
        """Return the number of a message.

        Raises:
            NotSupported: it never crosses a link.
        """
        found = self.registry.by_kind.get(type(message))
        if found is None:
            raise NotSupported(f"{type(message).__name__} has no number in the registry", code="UnknownType")
        return found.number

    def encode(
        self,
        message: Any,
        *,
        station: StationId | None = None,
        subjects: Subjects | None = None,
        vendor: dict[int, bytes] | None = None,
    ) -> bytes:
        """Write a message.

        Args:
            message: a command, fact or reply that has a number.
            station: whom the address of the message names already; the body does not repeat it.
            subjects: gives the credentials of references to people; None: the other end shares the references.
            vendor: values under negative keys, as CBOR.

        Raises:
            NotSupported: it has no number.
            Malformed: it holds what CBOR or the schema cannot carry.
        """
        record = self._by_kind.get(type(message))
        if record is None:
            raise NotSupported(f"{type(message).__name__} has no number in the registry", code="UnknownType")
        more = tuple(part for key, value in vendor.items() for part in (items.integer(key), value)) if vendor else ()
        addressed = station is not None and getattr(message, "station", None) == station
        try:
            return record.write(message, Setting(subjects), addressed=addressed, more=more)
        except (AttributeError, TypeError, KeyError) as fault:
            raise Malformed(f"{type(message).__name__} holds a value of a wrong type", code="Unwritable") from fault

    def decode(self, number: int, body: bytes, *, station: StationId | None = None, subjects: Subjects | None = None) -> Any:
        """Read a message; keys that are not known are passed over (B.15).

        Args:
            number: of the message, as its header says.
            body: from a stranger.
            station: whom the address of the message names.
            subjects: names people by references; None: the other end shares the references.

        Raises:
            NotSupported: no message has this number.
            Malformed: the body is no such message; ``where`` names message and field.
        """
        record = self.records.get(number)
        if record is None:
            raise NotSupported(f"no message has the number {number}", code="UnknownType")
        known = {"station": station} if station is not None and "station" in record.needed else {}
        tree = items.load(body)
        try:
            message = record.read(tree, Setting(subjects), known)
        except Misfit as fault:
            raise _trouble(record, fault) from fault
        if station is not None and getattr(message, "station", station) != station:
            raise Malformed("the body names another station than the address", where=f"{record.kind.__name__}.station")
        return message

    def read(self, number: int, body: bytes, *, station: StationId | None = None, subjects: Subjects | None = None) -> Read:
        """Read a message and keep what vendors added to it.

        Raises:
            NotSupported: no message has this number.
            Malformed: the body is no such message; ``where`` names message and field.
        """
        message = self.decode(number, body, station=station, subjects=subjects)
        return Read(message=message, vendor={key: body[begin:end] for key, begin, end in items.spans(body) if key < 0})


def _trouble(record: Record, fault: Misfit) -> Malformed:
    where = ".".join([record.kind.__name__, *(name for name in fault.path if name)])
    return Malformed(f"{where}: {fault.wanted} wanted", where=where)


CODEC: Final = Codec(REGISTRY)
"""Of the registry that this product speaks."""

encode, decode, read = CODEC.encode, CODEC.decode, CODEC.read
