# SPDX-License-Identifier: Apache-2.0
"""SignCertificate (2.0.1): a station wants a certificate; there is no authority yet to sign one (8.3.18)."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply


def answer(_: Sequence[Reply], __: Door) -> types.SignCertificateResponse:
    """Promise no certificate: a station that was told Accepted would wait for it."""
    return _rejected("NoAuthority")


def refuse(trouble: Trouble, _: Door) -> types.SignCertificateResponse:
    """Say why not."""
    return _rejected(trouble.code)


def _rejected(code: str) -> types.SignCertificateResponse:
    return types.SignCertificateResponse(status="Rejected", status_info=because(code))


SIGN_CERTIFICATE = keeping("SignCertificate", answer=answer, refuse=refuse)
