# SPDX-License-Identifier: Apache-2.0
"""How a station comes by link: whom it dials with which certificate, or where it is dialled."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from open63110.apps.config import host_and_port
from open63110.apps.station_config import StationConfig, Upwards
from open63110.bindings.link.carriers.websocket_carrier import Papers, server_tls
from open63110.bindings.link.client import NOTHING, Client
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.line import Line
from open63110.bindings.link.revoked import Revoked
from open63110.kernel.errors import Malformed, Unavailable
from open63110.wire.tls import TlsUnusable


def revoked(csms: Upwards) -> Revoked:
    """Return the certificates that were taken back."""
    return Revoked(Path(csms.revoked), Path(csms.authorities)) if csms.revoked else NOTHING


def link_dialling(config: StationConfig) -> Dialling:
    """Return how its CSMS is reached.

    Raises:
        Malformed: a certificate is not what it should be.
    """
    csms = config.csms
    try:
        papers = Papers(Path(csms.certificate), Path(csms.key), Path(csms.authorities))
    except TlsUnusable as fault:
        raise Malformed(f"csms: {fault}", where="csms") from fault
    return Dialling(
        endpoints=csms.endpoints,
        tls=papers.tls,
        renewed=papers.renewed,
        renew_after=csms.renew_after,
        longest_pause=csms.longest_pause,
        handshake=csms.handshake,
        return_after=csms.return_after,
    )


@contextlib.asynccontextmanager
async def door(csms: Upwards, line: object, client: object) -> AsyncIterator[None]:
    """Let a CSMS open the link of a station while the block lasts, if it is to be dialled.

    Args:
        csms: says whether, and where.
        line: of the station; only one of links can be dialled.
        client: of that line.

    Raises:
        Unavailable: the port cannot be had.
    """
    if not (csms.listen and isinstance(line, Line) and isinstance(client, Client)):
        yield
        return
    host, port = host_and_port(csms.listen, "csms.listen")
    tls = server_tls(Path(csms.certificate), Path(csms.key), Path(csms.authorities))
    try:
        listening = await client.listen(line, host, port, tls, client.revoked, client.security)
    except (OSError, TlsUnusable) as fault:
        raise Unavailable(f"csms.listen: {fault}", where="csms.listen") from fault
    try:
        yield
    finally:
        await listening.stop()
