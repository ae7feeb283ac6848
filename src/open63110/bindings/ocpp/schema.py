# SPDX-License-Identifier: Apache-2.0
"""What the generated OCPP messages share: their root class, open data, and the decoders, built when first needed."""

from __future__ import annotations

import math
from typing import Any, Final, TypeVar

import msgspec

MAX_DEPTH: Final = 16
"""Nesting allowed inside customData and DataTransfer data; the typed part of a message is bounded by its type."""

T = TypeVar("T")


class Payload(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Any OCPP request, response or shared type; UNSET is a field that was not on the wire."""


class CustomData(dict[str, Any]):
    """Vendor data, open by schema: `vendorId` is required, everything beside it is kept as sent.

    A dict and not msgspec.Raw: Raw would leave vendorId unchecked and hold the whole received message in memory.
    """

    @property
    def vendor_id(self) -> str:
        """The vendor whose extension this is, at most 255 characters."""
        return str(self["vendorId"])


def shallow(value: object) -> None:
    """Refuse data nested deeper than MAX_DEPTH, which later encoders could not be trusted with."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise ValueError("Expected data of limited depth")


def tenths(value: float | msgspec.UnsetType) -> None:
    """Refuse what is not a multiple of 0.1 (1.6 charging rates)."""
    if value is msgspec.UNSET:
        return
    if not math.isclose(value * 10, round(value * 10), rel_tol=1e-15, abs_tol=1e-9):
        raise ValueError("Expected `float` that's a multiple of 0.1")


def decoder(type_: type[T]) -> msgspec.json.Decoder[T]:
    """Return the strict decoder of a message type, building it at first use."""
    found: msgspec.json.Decoder[T] | None = _DECODERS.get(type_)
    if found is None:
        found = _DECODERS[type_] = msgspec.json.Decoder(type_, dec_hook=open_data)
    return found


def open_data(type_: type, value: object) -> object:
    """Check and wrap customData; the `dec_hook` of every decoder of these messages."""
    if type_ is not CustomData:
        raise NotImplementedError(type_.__name__)
    if not isinstance(value, dict):
        raise TypeError("Expected `object`")
    _check_vendor(value)
    shallow(value)
    return CustomData(value)


_DECODERS: dict[type, Any] = {}


def _check_vendor(value: dict[str, object]) -> None:
    if "vendorId" not in value:
        raise ValueError("Object missing required field `vendorId`")
    vendor = value["vendorId"]
    if not isinstance(vendor, str):
        raise TypeError("Expected `str`")
    if len(vendor) > 255:
        raise ValueError("Expected `str` of length <= 255")


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(node.values())
    return list(node) if isinstance(node, list | tuple) else []
