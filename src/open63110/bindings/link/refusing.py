# SPDX-License-Identifier: Apache-2.0
"""The body of a reply that says no: the trouble's own name, for programs."""

import cbor2

from open63110.bindings.link.errors import BadFrame
from open63110.bindings.link.framing.strict import mapping, maybe, whole


def written_refusal(code: str) -> bytes:
    """Write the body of a reply that says no: the trouble's own name, for programs."""
    return cbor2.dumps({1: code[:64]})


def read_refusal(body: bytes) -> str:
    """Read it; empty where there is nothing to be read."""
    if not body:
        return ""
    try:
        return maybe(mapping(whole(body), "a refusal"), 1, str, "", most=64)
    except BadFrame:
        return ""
