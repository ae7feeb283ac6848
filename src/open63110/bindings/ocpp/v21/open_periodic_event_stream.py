# SPDX-License-Identifier: Apache-2.0
"""OpenPeriodicEventStream (2.1): a station wants to stream values; nobody has a use for them yet (8.3.5)."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply


def answer(_: Sequence[Reply], __: Door) -> types.OpenPeriodicEventStreamResponse:
    """Admit no stream: its values would be a burden to both ends."""
    return _rejected("NoUse")


def refuse(trouble: Trouble, _: Door) -> types.OpenPeriodicEventStreamResponse:
    """Say why not."""
    return _rejected(trouble.code)


def _rejected(code: str) -> types.OpenPeriodicEventStreamResponse:
    return types.OpenPeriodicEventStreamResponse(status="Rejected", status_info=types.StatusInfoType(reason_code=code[:20]))


OPEN_PERIODIC_EVENT_STREAM = keeping("OpenPeriodicEventStream", answer=answer, refuse=refuse)
