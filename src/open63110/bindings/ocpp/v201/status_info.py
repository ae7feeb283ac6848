# SPDX-License-Identifier: Apache-2.0
"""StatusInfo of OCPP 2.x: why a status is what it is."""

from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import given, verdict_of
from open63110.kernel.messages import Message
from open63110.runtime.orders import Verdict

LONGEST = 20
"""Characters of a reason code."""


def because(code: str) -> types.StatusInfoType:
    """Give a reason."""
    return types.StatusInfoType(reason_code=code[:LONGEST])


def judged(response: Any, *messages: Message) -> Verdict:
    """Turn a response with status and reason into a verdict; the messages are for use cases if it says yes."""
    info = given(response.status_info)
    return verdict_of(response.status, *messages, reason="" if info is None else info.reason_code)
