# SPDX-License-Identifier: Apache-2.0
"""Readings on the wire: in groups of one moment, each reading as a channel and a value.

A group is [moment, channels, values, details]. The moment counts in milliseconds from that of the message. A channel says what
was measured: measurand + 32 · phase + 512 · context + 8192 · location in the registry's numbers. A value counts thousandths; one
that is no whole number of them is a float and the value itself. Details are there if a reading has more to it: a map from its
place in the group (0, 1 …) to what has no room in a channel.
"""

from collections.abc import Callable
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final, TypeVar, cast

from msgspec.structs import astuple, replace

from open63110.bindings.link.messages import items
from open63110.bindings.link.messages.items import EXACT
from open63110.bindings.link.messages.moments import Misfit, milliseconds, moment
from open63110.bindings.link.messages.record import Record, Setting, Shape, Slot
from open63110.bindings.link.messages.registry import Registry
from open63110.bindings.link.messages.shapes import PLAIN
from open63110.kernel.errors import Malformed
from open63110.model.reading import Context, Measurand, Reading

PHASE, CONTEXT, LOCATION = 5, 9, 13
"""Bits of a channel to the right of each."""

WIDTHS: Final = {"Measurand": 32, "Phase": 16, "Context": 16, "Location": 16}
"""How many words each part of a channel has room for."""

Manner = tuple[Measurand, str, Context, str]
"""Measurand, phase, context, location."""

UNKNOWN: Final[Manner] = ("other", "", "periodic", "")
"""Of a channel that has no meaning here."""

K = TypeVar("K")
V = TypeVar("V")

_MANNER = attrgetter("measurand", "phase", "context", "location")
_REST: Final = attrgetter("name", "signed")
_NOTHING: Final = ("", None)


class Learned(dict[K, V | None]):
    """What was met before; the rest is worked out, and kept if it comes to something.

    Of nine thousand channels a site uses a dozen; a table of all of them would not stay in the cache of the processor.
    """

    def __init__(self, work: Callable[[K], V | None]) -> None:
        """Know nothing yet."""
        super().__init__()
        self._work = work

    def __missing__(self, key: K) -> V | None:
        found = self._work(key)
        if found is not None:
            self[key] = found
        return found


class Channels:
    """Numbers of the manners in which something is measured."""

    def __init__(self, registry: Registry) -> None:
        """Combine the words of the registry."""
        parts = [registry.words[name] for name in WIDTHS]
        for width, words in zip(WIDTHS.values(), parts, strict=True):
            if max(words.values()) >= width or min(words.values()) < 0:
                message = f"registry.toml: a channel has room for {width} of {list(words)}"
                raise ValueError(message)
        self._words = parts
        self._back = [{number: word for word, number in words.items()} for words in parts]
        self.manners: Learned[int, Manner] = Learned(self._manner)
        """Channel → manner; None: of a newer version."""
        self.written: Learned[Manner, bytes] = Learned(self._channel)
        """Manner → channel as it is written; None: its phase or location has no number."""
        self.phases, self.locations = parts[1], parts[3]

    def _manner(self, channel: int) -> Manner | None:
        numbers = (channel & 31, channel >> PHASE & 15, channel >> CONTEXT & 15, channel >> LOCATION)
        found = tuple(words.get(number) for words, number in zip(self._back, numbers, strict=True))
        return None if None in found else cast("Manner", found)

    def _channel(self, manner: Manner) -> bytes | None:
        numbers = [words.get(word) for words, word in zip(self._words, manner, strict=True)]
        if None in numbers:
            return None
        measurand, phase, context, location = cast("list[int]", numbers)
        return items.integer(measurand + (phase << PHASE) + (context << CONTEXT) + (location << LOCATION))

    def channel(self, reading: Reading) -> bytes:
        """Return the channel of a reading whose phase or location has no number; its details say which.

        Raises:
            Malformed: its measurand or context is not one of the vocabulary.
        """
        phase = reading.phase if reading.phase in self.phases else ""
        location = reading.location if reading.location in self.locations else ""
        written = self.written[reading.measurand, phase, reading.context, location]
        if written is None:
            raise Malformed(f"nothing measures {reading.measurand} {reading.context}", code="Unwritable")
        return written


class Readings:
    """Writes and reads the readings of a message."""

    def __init__(self, registry: Registry, signed: Shape) -> None:
        """Make ready.

        Args:
            registry: has words and keys.
            signed: shape of a signed reading, or None.
        """
        self.channels = Channels(registry)
        keys, plain = registry.parts["Reading"].fields, PLAIN[str]
        slots = tuple(Slot(name, key, "", plain) for name, key in keys.items() if name != "signed")
        self.details = Record(dict, (*slots, Slot("signed", keys["signed"], None, signed)))
        """What a reading has beside channel and value."""
        self.shape = Shape(self.write, self.read, "readings")

    def write(self, readings: Any, setting: Setting) -> bytes:
        """Write readings, in their order."""
        if not readings:
            return b"\x80"
        columns = tuple(zip(*map(astuple, readings), strict=True))
        moments = columns[0]
        if moments.count(moments[0]) == len(moments):
            return b"\x81" + self._group(readings, columns, setting)
        begins = [place for place, (one, two) in enumerate(pairwise(moments), 1) if one != two]
        groups = [
            self._group(readings[begin:end], [column[begin:end] for column in columns], setting)
            for begin, end in pairwise((0, *begins, len(readings)))
        ]
        return items.head(items.ARRAY, len(groups)) + b"".join(groups)

    def _group(self, readings: Any, columns: Any, setting: Setting) -> bytes:
        (at, *_), measurands, values, phases, contexts, locations, names, signed = columns
        count = items.head(items.ARRAY, len(values))
        since = b"\0" if at == setting.moment else items.integer(milliseconds(at) - setting.at)
        written = [items.thousandths(value) for value in values]
        channels = [*map(self.channels.written.__getitem__, zip(measurands, phases, contexts, locations, strict=True))]
        if None not in channels and names.count("") == signed.count(None) == len(values):
            return b"".join((b"\x83", since, count, *channels, count, *written))  # type: ignore[arg-type]  # none is None
        details, known = self._details(readings, setting)
        return b"".join((b"\x84", since, count, *known, count, *written, details))

    def _details(self, readings: Any, setting: Setting) -> tuple[bytes, list[bytes]]:
        """Return what else there is to some readings, and the channels that all of them have nevertheless."""
        known: list[bytes] = []
        details: list[bytes] = []
        for place, one in enumerate(readings):
            channel = self.channels.channel(one)
            known.append(channel)
            if _REST(one) != _NOTHING or channel != self.channels.written[_MANNER(one)]:
                details += (items.integer(place), self.details.write(self._rest(one), setting))
        return items.head(items.MAP, len(details) // 2) + b"".join(details), known

    def _rest(self, reading: Reading) -> Reading:
        phase = "" if reading.phase in self.channels.phases else reading.phase
        location = "" if reading.location in self.channels.locations else reading.location
        return Reading(
            at=reading.at,
            measurand="other",
            value=0.0,
            name=reading.name,
            signed=reading.signed,
            phase=phase,
            location=location,
        )

    def read(self, item: Any, setting: Setting) -> tuple[Reading, ...]:
        """Read readings, in their order.

        Raises:
            Misfit: they are something else.
        """
        if type(item) is not list:
            raise Misfit("groups of readings")
        readings: list[Reading] = []
        for group in item:
            self._read_group(group, setting, readings)
        return tuple(readings)

    def _read_group(self, group: Any, setting: Setting, readings: list[Reading]) -> None:
        if type(group) is not list or len(group) not in {3, 4}:
            raise Misfit("[moment, channels, values]")
        since, channels, values, details = group if len(group) == 4 else (*group, {})
        if type(since) is not int or type(channels) is not list or type(values) is not list or type(details) is not dict:
            raise Misfit("[moment, channels, values, details]")
        if len(channels) != len(values):
            raise Misfit("as many values as channels")
        at = setting.moment if since == 0 and setting.moment is not None else moment(since + setting.at)
        manners, quantity, strange = self.channels.manners, items.from_thousandths, False
        for channel, written in zip(channels, values, strict=True):
            value = written / 1000 if type(written) is int and -EXACT < written < EXACT else quantity(written)
            if type(channel) is not int or channel < 0 or value is None:
                raise Misfit("a channel and a finite number")
            manner = manners[channel]
            strange = strange or manner is None
            measurand, phase, context, where = manner or UNKNOWN
            readings.append(Reading(at=at, measurand=measurand, value=value, phase=phase, context=context, location=where))
        if details or strange:
            self._add(details, channels, setting, readings)

    def _add(self, details: dict[Any, Any], channels: list[int], setting: Setting, readings: list[Reading]) -> None:
        first = len(readings) - len(channels)
        for place, channel in enumerate(channels):
            if self.channels.manners[channel] is None:  # of a newer version: it is kept, whatever it measures (I10)
                readings[first + place] = replace(readings[first + place], name=f"channel {channel}")
        for place, item in details.items():
            if type(place) is not int or not 0 <= place < len(channels):
                raise Misfit("details of readings that are there")
            readings[first + place] = replace(readings[first + place], **self.details.read(item, setting))
