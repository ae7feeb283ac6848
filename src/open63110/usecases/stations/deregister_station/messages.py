# SPDX-License-Identifier: Apache-2.0
"""What is said when a station leaves for good."""

from typing import ClassVar, Self

from msgspec.structs import replace

from open63110.kernel.messages import Command, Event, Reply
from open63110.model.deregistration import Reason, Step, Wipe


class DeregisterStation(Command, frozen=True, kw_only=True, gc=False):
    """Let a station leave for good: it tells what it has to, forgets what it knows, and is not let in any more."""

    unasked: ClassVar[frozenset[str]] = frozenset({"by"})
    reason: Reason
    wipe: Wipe = Wipe()
    within: float = 300.0
    """After so long it is not let in any more, whatever it has done by then [s]."""
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with who asks."""
        del role
        return replace(self, by=who)


class DeregistrationPlanned(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker is told: it is out already, or on its way."""

    at_once: bool = False

    def remark(self) -> str:
        """Say that yes does not mean now."""
        return "" if self.at_once else "Scheduled"


class DeregistrationStepEnded(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a step on the way out has ended."""

    step: Step
    word: str = "done"


class GoOnDeregistering(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: look at a station on its way out again, now that time has passed."""

    step: Step


class WipeStation(Command, frozen=True, kw_only=True, gc=False):
    """Erase what is to be erased; it is the last that is ordered."""

    wipe: Wipe = Wipe()


class StationWiped(Event, frozen=True, kw_only=True, gc=False):
    """A station has erased it, and falls silent."""

    wipe: Wipe = Wipe()
