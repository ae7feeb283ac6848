# SPDX-License-Identifier: Apache-2.0
"""What is said about the ways of energy during a transfer (8.2.8)."""

from typing import ClassVar, Self

from msgspec.structs import replace

from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Command, Event, Priority, Reply
from open63110.model.v2g import EnergyMode


class AllowTransfer(Command, frozen=True, kw_only=True, gc=False):
    """Say in which ways energy may go during a transfer, from now on; what was said before counts no more."""

    priority: ClassVar[Priority] = Priority.CONTROL
    unasked: ClassVar[frozenset[str]] = frozenset({"revision", "by"})
    reference: TransferReference
    modes: tuple[EnergyMode, ...]
    """All that are allowed; where none of them goes both ways the EV must not discharge."""
    revision: int = 0
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever wants it."""
        del role
        return replace(self, by=who)


class TransferAllowedAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker is told, at the CSMS."""

    kept: bool = False
    """The station is not there: it is told when it comes."""

    def remark(self) -> str:
        """Say that yes does not mean now."""
        return "Kept" if self.kept else ""


class TransferAllowanceAnswered(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station took what is allowed, or refused it."""

    reference: TransferReference
    revision: int = 0
    reason: str = ""
    """Empty: it took it."""


class TendAllowedTransfers(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: tell what was not taken, forget what is over."""


class ReconcileAllowedTransfers(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station is there again."""
