# SPDX-License-Identifier: Apache-2.0
"""Elements of messages as settings name them, as the registry numbers them."""

import difflib
from collections.abc import Iterable

from open63110.bindings.link.messages.registry import REGISTRY, Definition, OcppFrame
from open63110.bindings.link.protection.elements import Path, text_of
from open63110.kernel.errors import Malformed
from open63110.kernel.roles import Role

WHOLE = text_of(())
"""Names the whole body of a message."""


def definition_of(place: str, message: str) -> Definition:
    """Return what the registry has of a message.

    Raises:
        Malformed: there is none of this name, which suggests one, or none that is ever protected.
    """
    found = REGISTRY.by_name.get(message)
    if found is None:
        where = f"{place}.messages"
        raise Malformed(f"{where}: {message} is no message of the link{_near(message, REGISTRY.by_name)}", where=where)
    if found.kind is OcppFrame or (found.reply and Role.STATION not in found.to):
        where = f"{place}.messages"
        raise Malformed(f"{where}: {message} is not protected: facts, orders, requests and answers to stations are", where=where)
    return found


def path_of(place: str, message: str, element: str) -> Path:
    """Return the path of an element, as keys of the registry.

    Raises:
        Malformed: the message has no such field; suggests one.
    """
    definition = definition_of(place, message)
    if element == WHOLE:
        return ()
    first, *deeper = element.strip("/").split("/")
    fields = {name: key for name, key in definition.part.fields.items() if name != "station"}
    where = f"{place}.elements"
    if first not in fields:
        raise Malformed(f"{where}: {message} has no field {first}{_near(first, fields)}", where=where)
    if not all(one.lstrip("-").isdecimal() for one in deeper):
        raise Malformed(f"{where}: {element} goes on with numbers after the field", where=where)
    return (fields[first], *map(int, deeper))


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""
