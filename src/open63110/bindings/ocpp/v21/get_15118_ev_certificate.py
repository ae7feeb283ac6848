# SPDX-License-Identifier: Apache-2.0
"""Get15118EVCertificate (2.1): as in 2.0.1; it may name contracts, which are about persons."""

from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.v201.get_15118_ev_certificate import answer, refuse

GET_15118_EV_CERTIFICATE = keeping(
    "Get15118EVCertificate", personal=("exiRequest", "prioritizedEMAIDs"), answer=answer, refuse=refuse
)
