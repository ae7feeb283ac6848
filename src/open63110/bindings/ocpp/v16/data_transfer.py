# SPDX-License-Identifier: Apache-2.0
"""DataTransfer (1.6): words of a vendor; kept, and no vendor is known."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply


def answer(_: Sequence[Reply], __: Door) -> types.DataTransferResponse:
    """Say that nobody here understands this vendor."""
    return types.DataTransferResponse(status="UnknownVendorId")


def refuse(_: Trouble, __: Door) -> types.DataTransferResponse:
    """Say no."""
    return types.DataTransferResponse(status="Rejected")


DATA_TRANSFER = keeping("DataTransfer", answer=answer, refuse=refuse)
