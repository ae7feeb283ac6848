# SPDX-License-Identifier: Apache-2.0
"""DataTransfer (2.0.1): words of a vendor; kept, and no vendor is known."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply


def answer(_: Sequence[Reply], __: Door) -> types.DataTransferResponse:
    """Say that nobody here understands this vendor."""
    return types.DataTransferResponse(status="UnknownVendorId")


def refuse(trouble: Trouble, _: Door) -> types.DataTransferResponse:
    """Say why not."""
    return types.DataTransferResponse(status="Rejected", status_info=because(trouble.code))


DATA_TRANSFER = keeping("DataTransfer", answer=answer, refuse=refuse)
