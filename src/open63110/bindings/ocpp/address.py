# SPDX-License-Identifier: Apache-2.0
"""Which station a URL names: the forms in which stations of the field are configured."""

from urllib.parse import unquote

from open63110.kernel.ids import StationId, station_id

_PREFIXES = (("ocpp",), ("steve", "websocket", "centralsystemservice"), ())
"""Ours, SteVe's (so that stations move by DNS alone), and none; compared without case, firmware is careless."""


def station_of(path: str) -> StationId:
    """Read the identity off a request path, forgiving double and trailing slashes.

    Raises:
        ValueError: the path names no station, in words for the log and the refusal.
    """
    parts = [part for part in path.split("/") if part]
    named = tuple(part.lower() for part in parts)
    if named in _PREFIXES:
        message = "the path names no station; use /ocpp/<station id>"
        raise ValueError(message)
    if named[:-1] not in _PREFIXES:
        message = "there is nothing at this path; use /ocpp/<station id>"
        raise ValueError(message)
    return station_id(unquote(parts[-1]))
