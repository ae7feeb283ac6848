# SPDX-License-Identifier: Apache-2.0
"""The session layer of the 63110 link: sans-I/O, time as an argument, one session per peer that outlives its carriers."""

from open63110.bindings.link.session.clocks import LocalClock
from open63110.bindings.link.session.outbox import MemoryOutbox, Outbox
from open63110.bindings.link.session.peer import Limits, Session
from open63110.bindings.link.session.seen import MemorySeen, Seen

__all__ = ["Limits", "LocalClock", "MemoryOutbox", "MemorySeen", "Outbox", "Seen", "Session"]
