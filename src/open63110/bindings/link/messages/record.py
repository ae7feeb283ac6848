# SPDX-License-Identifier: Apache-2.0
"""A record as a map with integer keys, and what its fields need to be written and read."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple, Protocol

from open63110.bindings.link.messages import items
from open63110.bindings.link.messages.moments import Misfit, milliseconds, moment, ticks
from open63110.kernel.ids import SubjectRef
from open63110.model.token import Credential


class Subjects(Protocol):
    """Where references to people meet the credentials they stand for (ports.Subjects)."""

    def ref(self, credential: Credential) -> SubjectRef:
        """Return the reference of this credential, a new one if it was never seen."""

    def credential(self, ref: SubjectRef) -> Credential | None:
        """Return the credential, None if it was erased."""


class Setting:
    """What a message tells its parts."""

    __slots__ = ("at", "moment", "subjects")

    def __init__(self, subjects: Subjects | None) -> None:
        """Begin a message."""
        self.at = 0
        """When it happened [ms since 1970]; readings count from there. 0 where a message has no such moment."""
        self.moment: datetime | None = None
        """The same."""
        self.subjects = subjects
        """None: references stay as they are."""


Write = Callable[[Any, Setting], bytes]
Read = Callable[[Any, Setting], Any]


class Shape(NamedTuple):
    """How a type stands on the wire."""

    write: Write
    read: Read
    cddl: str


class Slot(NamedTuple):
    """A field of a record."""

    name: str
    key: int
    default: Any
    shape: Shape


REQUIRED: Final = object()
"""Default of a field that has none; equal to nothing."""


def _known_moment(_: Any, setting: Setting) -> Any:
    return setting.moment


Plan = tuple[Callable[[Any], Any], tuple[tuple[Any, bytes, Write], ...]]
"""What gets all fields at once; of each its default, its key as it is written, and how its value is."""


def _plan(slots: tuple[Slot, ...]) -> Plan:
    names = [slot.name for slot in slots]
    get: Callable[[Any], Any] = attrgetter(*names) if names else lambda _: ()
    steps = tuple((slot.default, items.integer(slot.key), slot.shape.write) for slot in slots)
    return ((lambda one: (get(one),)) if len(names) == 1 else get), steps


class Record:
    """A record as a map with integer keys: what equals its default is left out, keys that are not known are passed over."""

    __slots__ = ("_addressed", "_at", "_by_key", "_whole", "kind", "needed", "slots")

    def __init__(self, kind: type[Any], slots: tuple[Slot, ...], *, at: int | None = None) -> None:
        """Make ready.

        Args:
            kind: the struct.
            slots: its fields.
            at: key of the moment that readings count from.
        """
        self.kind, self.slots = kind, slots
        self.needed = frozenset(slot.name for slot in slots if slot.default is REQUIRED)
        self._whole = _plan(slots)
        self._addressed = _plan(tuple(slot for slot in slots if slot.name != "station"))
        self._by_key = {slot.key: (slot.name, _known_moment if slot.key == at else slot.shape.read) for slot in slots}
        self._at = at

    def write(self, value: Any, setting: Setting, *, addressed: bool = False, more: tuple[bytes, ...] = ()) -> bytes:
        """Write a record.

        Args:
            value: the record.
            setting: of the message.
            addressed: its station is known otherwise.
            more: keys and values of vendors, as bytes.
        """
        if self._at is not None:
            setting.moment, setting.at = value.at, milliseconds(value.at)
        get, plan = self._addressed if addressed else self._whole
        parts = [b""]
        for (default, key, write), one in zip(plan, get(value), strict=True):
            if one != default:
                parts += (key, write(one, setting))
        parts += more
        parts[0] = items.head(items.MAP, len(parts) // 2)
        return b"".join(parts)

    def read(self, item: Any, setting: Setting, known: dict[str, Any] | None = None) -> Any:
        """Read a record.

        Args:
            item: what CBOR gave.
            setting: of the message.
            known: fields that are known otherwise.

        Raises:
            Misfit: it does not fit.
        """
        if type(item) is not dict:
            raise Misfit("a map")
        if self._at is not None:
            setting.at = ticks(item.get(self._at))
            setting.moment = moment(setting.at)
        values, by_key = known or {}, self._by_key
        name = ""
        try:
            for key, one in item.items():
                if type(key) is not int:
                    raise Misfit("integer keys")  # noqa: TRY301 - the path is added below
                found = by_key.get(key)
                if found is not None:
                    name, read = found
                    values[name] = read(one, setting)
        except Misfit as fault:
            fault.path.insert(0, name)
            raise
        missing = self.needed - values.keys()
        if missing:
            absent = Misfit("something")
            absent.path.append(min(missing))
            raise absent
        return self.kind(**values)
