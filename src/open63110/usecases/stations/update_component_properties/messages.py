# SPDX-License-Identifier: Apache-2.0
"""What is asked about the settings of stations, beyond what is said of single variables."""

from typing import ClassVar, Self

from msgspec.structs import replace

from open63110.kernel.messages import Command, Reply
from open63110.model.variables import Setting, without_secrets


class SettingsKept(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker is told of settings for a station that is away: they are kept, and set when it comes."""

    def remark(self) -> str:
        """Say that yes does not mean now."""
        return "Kept"


class ReleaseSettings(Command, frozen=True, kw_only=True, gc=False):
    """Keep variables of a station no longer as they are; they stay until somebody sets them otherwise."""

    variables: tuple[str, ...] = ()
    """None given: all that are of this station alone."""


class ReconcileSettings(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: ask a station how the variables are set that are to be kept, and set those that are otherwise."""

    soon: bool = False
    """After a breath: the station has just connected, and may be about to say that it has booted."""

    def follows(self) -> bool:
        """It follows from a connection, a template, or the time."""
        return True


class CompareSettings(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: compare what a station is to be set to with what its new inventory says."""

    def follows(self) -> bool:
        """It follows from an inventory."""
        return True


class NoteUnset(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: take note of settings that did not reach their station, or that it did not answer."""

    variables: tuple[str, ...]
    reason: str = ""
    detail: str = ""
    rollout: str = ""
    final: bool = False
    """It will not be otherwise the next time."""

    def follows(self) -> bool:
        """It follows from the end of an order."""
        return True


class UseWaiting(Command, frozen=True, kw_only=True, gc=False):
    """At the station: from now on what was to count from the next boot on counts."""


class _Named(Command, frozen=True, kw_only=True, gc=False):
    unasked: ClassVar[frozenset[str]] = frozenset({"by"})
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever says so."""
        del role
        return replace(self, by=who)


class _Held(_Named, frozen=True, kw_only=True, gc=False):
    """Settings that are to be held. Secrets cannot be: they are refused, and not written down with the refusal either."""

    settings: tuple[Setting, ...]

    def kept(self) -> Self:
        """Return it without secrets."""
        return replace(self, settings=without_secrets(self.settings))


class PutTemplate(_Held, frozen=True, kw_only=True, gc=False):
    """Say what all stations of a model are to be set to, and kept at. station is empty."""

    id: str
    vendor: str = ""
    """As stations say it; empty: any."""
    model: str = ""
    """As stations say it; empty: any."""
    firmware: str = ""
    """How its version begins; empty: any."""
    note: str = ""


class RemoveTemplate(_Named, frozen=True, kw_only=True, gc=False):
    """Keep stations no longer at what a template says. station is empty."""

    id: str


class ApplySettings(_Held, frozen=True, kw_only=True, gc=False):
    """Set several stations to the same, and keep them so; those that are away are told when they come. station is empty."""

    stations: tuple[str, ...] = ()
    """These; none given: all that the other words mean."""
    vendor: str = ""
    model: str = ""
    site: str = ""
    zone: str = ""
    """Of that site: its id there."""
    note: str = ""


class SettingsApplied(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker is told of settings for several stations."""

    rollout: str
    """What comes of it at each is listed under this id."""
    stations: int
