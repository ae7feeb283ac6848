# SPDX-License-Identifier: Apache-2.0
"""How long messages of the link are beside the same content in JSON (B.7)."""

from statistics import median
from typing import Any

import msgspec
from tools.link_samples import NOON, STATION, Wallet, corpus, typical

from open63110.bindings.link.framing.frames import Data, encode
from open63110.bindings.link.framing.header import Header, encode_header
from open63110.bindings.link.messages import json_form
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v21.wire import WIRE
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Command, Event


class Sizes(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Of one message [bytes]."""

    body: int
    frame: int
    """Body, header and frame."""
    json: int
    """The payload of OCPP 2.1, or where it has none, our own fields under their names; both without blanks."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Sizes of the message that stations send most, and of messages of all use cases."""

    typical: Sizes
    median: float
    """Of body / JSON over the corpus."""
    total: float
    """All bodies / all JSON."""


def sizes(message: Any, wallet: Wallet) -> Sizes:
    """Measure one message."""
    body = CODEC.encode(message, station=STATION, subjects=wallet)
    head = encode_header(Header(type=CODEC.number(message)))
    frame = encode(Data(id=1_000, chunk=body, total=len(body), head=head))
    return Sizes(body=len(body), frame=len(frame), json=len(_ocpp(message, wallet) or _named(message, wallet)))


def compare() -> Comparison:
    """Measure all."""
    wallet = Wallet()
    pairs = [(one.body, one.json) for one in (sizes(message, wallet) for message in corpus())]
    return Comparison(
        typical=sizes(typical(), wallet),
        median=median(ours / theirs for ours, theirs in pairs),
        total=sum(ours for ours, _ in pairs) / sum(theirs for _, theirs in pairs),
    )


def _ocpp(message: Any, wallet: Wallet) -> bytes | None:
    translation = WIRE.carrier(message) if isinstance(message, Command | Event) else None
    if translation is None or translation.to_wire is None:
        return None
    door = Door(station=STATION, version=Version(WIRE.version), subjects=wallet, now=NOON)
    try:
        return msgspec.json.encode(translation.to_wire(message, door))
    except Trouble:
        return None


def _named(message: Any, wallet: Wallet) -> bytes:
    (fields,) = json_form.show(message, subjects=wallet).values()
    return msgspec.json.encode({name: value for name, value in fields.items() if name != "station"})
