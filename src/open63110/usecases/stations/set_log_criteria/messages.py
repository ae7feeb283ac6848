# SPDX-License-Identifier: Apache-2.0
"""What is said about log criteria."""

from open63110.kernel.messages import Command, Event, Reply
from open63110.model.log_criteria import LogCriteria


class SetLogCriteria(Command, frozen=True, kw_only=True, gc=False):
    """Have a station log what somebody may want to look into later; criteria of the same id are replaced."""

    criteria: LogCriteria


class ClearLogCriteria(Command, frozen=True, kw_only=True, gc=False):
    """Have a station log no more by some criteria; what it has logged stays until it is too old."""

    id: str


class AskLogCriteria(Command, frozen=True, kw_only=True, gc=False):
    """Ask a station by what criteria it logs."""


class LogCriteriaAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """The station logs, by these."""

    effective: LogCriteria | None = None
    reduced: tuple[str, ...] = ()
    """Fields of which it does less than it was asked for."""

    def remark(self) -> str:
        """Say that it does less."""
        return "Reduced" if self.reduced else ""


class LogCriteriaListed(Reply, frozen=True, kw_only=True, gc=False):
    """By what criteria a station logs."""

    criteria: tuple[LogCriteria, ...] = ()


class LogCriteriaAnswered(Event, frozen=True, kw_only=True, gc=False):
    """What a station said to criteria that were set or cleared."""

    id: str
    accepted: bool
    effective: LogCriteria | None = None
    reduced: tuple[str, ...] = ()
    reason: str = ""


class LogCriteriaReported(Event, frozen=True, kw_only=True, gc=False):
    """A station has said by what criteria it logs, and by no others."""

    criteria: tuple[LogCriteria, ...] = ()
