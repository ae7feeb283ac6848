# SPDX-License-Identifier: Apache-2.0
"""Golden payloads with something in them that nobody expects."""

import copy
from typing import Any

from hypothesis import strategies as st
from tests.conformance.v201.golden import Case, build, door

from open63110.bindings.ocpp import tolerance
from open63110.bindings.ocpp.translation import Wire
from open63110.kernel.errors import Trouble

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from((0, -1, 1000, 10**6, -(2**63), 2**63 - 1)),
    st.floats(),
    st.text(max_size=40),
    st.sampled_from(("", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "NoAuthorization")),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.none(), max_size=2),
)


def places(payload: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every field."""
    inside = payload.items() if isinstance(payload, dict) else enumerate(payload) if isinstance(payload, list) else ()
    return [found for key, value in inside for found in ((*path, key), *places(value, (*path, key)))]


def spoiled(payload: Any, draw: Any) -> Any:
    """Return a payload with one field changed or gone."""
    payload = copy.deepcopy(payload)
    every = places(payload)
    if not every:
        return payload
    *way, last = draw(st.sampled_from(every))
    part = payload
    for key in way:
        part = part[key]
    if draw(st.booleans()):
        part[last] = draw(JUNK)
    else:
        del part[last]
    return payload


def survives(wire: Wire, case: Case, raw: bytes) -> None:
    """Read a request and write what was understood of it, and allow no other error than a trouble."""
    try:
        request: Any
        request, _ = tolerance.decode(wire.types[case.action][0], raw)
        wire.by_action[case.action].from_wire(request, door(wire, raw))
    except Trouble:
        return


def survives_answer(wire: Wire, case: Case, raw: bytes) -> None:
    """Read a response to a message of ours, and allow no other error than a trouble."""
    translation = wire.by_action[case.action]
    assert translation.heard is not None
    try:
        response: Any
        response, _ = tolerance.decode(wire.types[case.action][1], raw)
        translation.heard(response, build(case.said["message"]), door(wire, raw))
    except Trouble:
        return
