# SPDX-License-Identifier: Apache-2.0
"""How a station comes by OCPP: whom it dials with which password, or with which certificate."""

import ssl

from open63110.apps.station_config import StationConfig
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.errors import Malformed


def ocpp_dialling(config: StationConfig) -> Dialling:
    """Return how its CSMS is reached by OCPP.

    Raises:
        Malformed: a certificate is not what it should be.
    """
    csms = config.csms
    return Dialling(
        url=csms.url,
        versions=tuple(Version(one) for one in csms.versions),
        password=csms.password,
        tls=_tls(config),
        longest_pause=csms.longest_pause,
        patience=csms.patience,
    )


def _tls(config: StationConfig) -> ssl.SSLContext | None:
    csms = config.csms
    if not csms.url.startswith("wss:"):
        return None
    try:
        context = ssl.create_default_context(cafile=csms.authorities or None)
        if csms.certificate:
            context.load_cert_chain(csms.certificate)
    except (OSError, ssl.SSLError) as fault:
        raise Malformed(f"csms: a certificate cannot be used: {fault}", where="csms") from fault
    return context
