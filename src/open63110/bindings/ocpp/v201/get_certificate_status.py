# SPDX-License-Identifier: Apache-2.0
"""GetCertificateStatus (2.0.1): is a certificate revoked? No responder is asked yet (8.3.17)."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply


def answer(_: Sequence[Reply], __: Door) -> types.GetCertificateStatusResponse:
    """Say that nobody could be asked: anything else would vouch for a certificate."""
    return _failed("NoResponder")


def refuse(trouble: Trouble, _: Door) -> types.GetCertificateStatusResponse:
    """Say why not."""
    return _failed(trouble.code)


def _failed(code: str) -> types.GetCertificateStatusResponse:
    return types.GetCertificateStatusResponse(status="Failed", status_info=because(code))


GET_CERTIFICATE_STATUS = keeping("GetCertificateStatus", answer=answer, refuse=refuse)
