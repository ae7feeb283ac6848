# SPDX-License-Identifier: Apache-2.0
"""Get15118EVCertificate (2.0.1): an EV wants a contract certificate; no provider of such is connected yet (8.4.9)."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply


def answer(_: Sequence[Reply], __: Door) -> types.Get15118EVCertificateResponse:
    """Say that there is none; the field for the EV is mandatory and stays empty."""
    return _failed("NoProvider")


def refuse(trouble: Trouble, _: Door) -> types.Get15118EVCertificateResponse:
    """Say why not."""
    return _failed(trouble.code)


def _failed(code: str) -> types.Get15118EVCertificateResponse:
    return types.Get15118EVCertificateResponse(status="Failed", exi_response="", status_info=because(code))


GET_15118_EV_CERTIFICATE = keeping("Get15118EVCertificate", personal=("exiRequest",), answer=answer, refuse=refuse)
