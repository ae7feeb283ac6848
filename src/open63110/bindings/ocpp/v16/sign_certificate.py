# SPDX-License-Identifier: Apache-2.0
"""SignCertificate (1.6 security): a station wants a certificate; there is no authority yet to sign one (8.3.18)."""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply


def answer(_: Sequence[Reply], __: Door) -> types.SignCertificateResponse:
    """Promise no certificate: a station that was told Accepted would wait for it."""
    return types.SignCertificateResponse(status="Rejected")


def refuse(_: Trouble, __: Door) -> types.SignCertificateResponse:
    """Say no."""
    return types.SignCertificateResponse(status="Rejected")


SIGN_CERTIFICATE = keeping("SignCertificate", answer=answer, refuse=refuse)
