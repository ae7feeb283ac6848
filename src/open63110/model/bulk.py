# SPDX-License-Identifier: Apache-2.0
"""Bulk streams: files of stations and for stations, on their way over links (B.6, B.26)."""

import re
from datetime import datetime
from enum import StrEnum, unique

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}")


def file_name(text: str, where: str = "name") -> str:
    """Check the name of a file that came from outside: it never leads out of the folder where such files lie.

    Raises:
        Malformed: it is empty, too long, or holds more than letters, digits and . _ : + - behind a letter or digit.
    """
    if not _NAME.fullmatch(text):
        words = "a file is called by 1 to 100 of A-Z a-z 0-9 . _ : + -, the first one a letter or digit"
        raise Malformed(words, code="BadName", where=where)
    return text


@unique
class Side(StrEnum):
    """Where a stream comes from or goes to, as seen from one node."""

    HERE = "here"
    UP = "up"
    """The CSMS of a station, or the level above a local CSMS."""
    DOWN = "down"
    """The station, or the level below behind which it is."""


@unique
class StreamState(StrEnum):
    """How far a stream is."""

    WAITING = "waiting"
    """For a link, or for its turn."""
    MOVING = "moving"
    DONE = "done"
    """It is where it was to go: on a disk there, and its hash is right."""
    FAILED = "failed"


OVER = frozenset({StreamState.DONE, StreamState.FAILED})


class BulkFile(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A file that lies here to be sent to stations."""

    name: str
    size: int
    """[bytes]"""


class BulkStream(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One file on its way."""

    id: str
    """In hexadecimal digits; the same at every level that it passes."""
    name: str
    station: StationId
    """For whom it is, or whose it is."""
    fetched: bool
    """It comes from the station; else it is for the station."""
    incoming: Side
    outgoing: Side
    asked: datetime
    by: str = ""
    """Who asked for it."""
    state: StreamState = StreamState.WAITING
    total: int | None = None
    """[bytes]; None: nobody has said yet."""
    sha256: str = ""
    """In hexadecimal digits; empty: nobody has said yet."""
    received: int = 0
    """What has come here [bytes]."""
    sent: int = 0
    """What the next node has confirmed [bytes]."""
    whole: bool = False
    """All of it is here."""
    reason: str = ""
    """Why it failed, for programs: the name of an error code of the link."""
    words: str = ""
    """Why it failed, for people."""
    ended: datetime | None = None

    @property
    def key(self) -> bytes:
        """What the link knows it by."""
        return bytes.fromhex(self.id)
