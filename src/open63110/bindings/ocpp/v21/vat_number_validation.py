# SPDX-License-Identifier: Apache-2.0
"""VatNumberValidation (2.1): is a VAT number good? No register of such is asked yet (8.4.8)."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door, find
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Reply
from open63110.usecases.stations.keep_unplaced import Kept


def answer(replies: Sequence[Reply], door: Door) -> types.VatNumberValidationResponse:
    """Vouch for no number; the response repeats which one it was."""
    kept = find(replies, Kept)
    evse = kept.message.evse if kept else 0
    return types.VatNumberValidationResponse(
        status="Rejected",
        status_info=types.StatusInfoType(reason_code="NoRegister"),
        vat_number=_number(kept, door) if kept else "",
        evse_id=evse or UNSET,
    )


def _number(kept: Kept, door: Door) -> str:
    said: Any = msgspec.json.decode(kept.message.payload)
    credential = door.subjects.credential(SubjectRef(said["vatNumber"]["subject"]))
    return "" if credential is None else credential.value


VAT_NUMBER_VALIDATION = keeping("VatNumberValidation", evse="evse_id", personal=("vatNumber",), answer=answer)
