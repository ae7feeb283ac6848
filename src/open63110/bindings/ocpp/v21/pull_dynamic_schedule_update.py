# SPDX-License-Identifier: Apache-2.0
"""PullDynamicScheduleUpdate (2.1): a station wants the newest of a dynamic profile; nobody set one yet (8.2.9)."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply


def answer(_: Sequence[Reply], __: Door) -> types.PullDynamicScheduleUpdateResponse:
    """Say that there is no such profile here."""
    return _rejected("UnknownProfile")


def refuse(trouble: Trouble, _: Door) -> types.PullDynamicScheduleUpdateResponse:
    """Say why not."""
    return _rejected(trouble.code)


def _rejected(code: str) -> types.PullDynamicScheduleUpdateResponse:
    return types.PullDynamicScheduleUpdateResponse(status="Rejected", status_info=types.StatusInfoType(reason_code=code[:20]))


PULL_DYNAMIC_SCHEDULE_UPDATE = keeping("PullDynamicScheduleUpdate", request="charging_profile_id", answer=answer, refuse=refuse)
