# SPDX-License-Identifier: Apache-2.0
"""What a CSMS says to itself while it finds out what stations consist of."""

from open63110.kernel.messages import Command


class LookAtInventory(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: find out what a station consists of, if that is not known, or not any more."""

    booted: bool = False
    """It has just booted; false: its link is back."""

    def follows(self) -> bool:
        """It follows from a connection or a boot."""
        return True


class AskInventory(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: its time to be asked has come."""

    def follows(self) -> bool:
        """It follows from a boot, some time ago."""
        return True


class GiveUpInventory(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: see whether the parts of a report still come, and ask again if they do not."""

    request: int
    reason: str = ""
    """Why none comes; empty: nobody knows whether none does."""
    refused: bool = False
    """The station does not want to."""

    def follows(self) -> bool:
        """It follows from the time, or from the end of an order."""
        return True
