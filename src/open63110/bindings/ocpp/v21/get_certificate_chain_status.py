# SPDX-License-Identifier: Apache-2.0
"""GetCertificateChainStatus (2.1): are the certificates of a chain revoked? No responder is asked yet (8.3.17)."""

from collections.abc import Sequence

from open63110.bindings.ocpp import tolerance
from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door, find
from open63110.kernel.messages import Reply
from open63110.usecases.stations.keep_unplaced import Kept


def answer(replies: Sequence[Reply], door: Door) -> types.GetCertificateChainStatusResponse:
    """Say of each certificate that nobody could be asked: anything else would vouch for it."""
    kept = find(replies, Kept)
    asked = _asked(kept) if kept else ()
    statuses = tuple(
        types.CertificateStatusType(
            certificate_hash_data=one.certificate_hash_data, source=one.source, status="Failed", next_update=door.now
        )
        for one in asked
    )
    return types.GetCertificateChainStatusResponse(certificate_status=statuses)


def _asked(kept: Kept) -> tuple[types.CertificateStatusRequestInfoType, ...]:
    request, _ = tolerance.decode(types.GetCertificateChainStatusRequest, kept.message.payload.encode())
    return request.certificate_status_requests


GET_CERTIFICATE_CHAIN_STATUS = keeping("GetCertificateChainStatus", answer=answer)
