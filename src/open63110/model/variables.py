# SPDX-License-Identifier: Apache-2.0
"""What is said about single variables of a station: set them, read them, and what comes of it (8.3.3, 8.3.4)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Protocol, Self

import msgspec
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unavailable
from open63110.kernel.messages import Command, Event, Priority, Reply
from open63110.model.device import AttributeKind, variable_address
from open63110.model.order import Outcome

MOST: Final = 1_000
"""Variables that are set or read with one command."""

LONGEST: Final = 2_500
"""Characters of a value."""


class Setting(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a variable is to be."""

    variable: str
    """As people write it: ``OCPPCommCtrlr/HeartbeatInterval``, ``EVSE@1/AvailabilityState``."""
    value: str = ""
    """As the station writes it."""
    kind: AttributeKind = AttributeKind.ACTUAL


Key = tuple[str, AttributeKind]


class Named(Protocol):
    """Something about one value of a variable."""

    @property
    def variable(self) -> str:
        """As people write it."""

    @property
    def kind(self) -> AttributeKind:
        """Which of its values."""


def name_of(variable: str) -> str:
    """Return a variable by the name under which it is looked for: OCPP compares names without regard to case.

    Raises:
        Malformed: it is none.
    """
    return str(variable_address(variable)).casefold()


def key_of(one: Named) -> Key:
    """Return what a value of a variable is known by, however it is written."""
    return name_of(one.variable), one.kind


class SettingStatus(StrEnum):
    """What became of one setting."""

    ACCEPTED = "accepted"
    REBOOT_REQUIRED = "reboot-required"
    """It was taken and counts once the station has booted."""
    REJECTED = "rejected"
    UNKNOWN_COMPONENT = "unknown-component"
    UNKNOWN_VARIABLE = "unknown-variable"
    UNSUPPORTED_KIND = "unsupported-kind"
    """The variable has no value of this kind, target or limit."""
    WITHHELD = "withheld"
    """All or nothing was asked for, and another one could not be set."""
    UNANSWERED = "unanswered"
    """The station said nothing of it."""


TAKEN: Final = frozenset({SettingStatus.ACCEPTED, SettingStatus.REBOOT_REQUIRED})


PARTLY: Final = "PartlyRefused"
"""Reason code of an order of which some was carried out."""


class SettingResult(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What became of one setting."""

    variable: str
    status: SettingStatus
    reason: str = ""
    """The station's reason code."""
    kind: AttributeKind = AttributeKind.ACTUAL
    value: str | None = None
    """What it was to be; None: a secret, or nobody here knows."""


class VariableWish(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Which value is to be read."""

    variable: str
    kind: AttributeKind = AttributeKind.ACTUAL


class ReadStatus(StrEnum):
    """What became of reading one value."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN_COMPONENT = "unknown-component"
    UNKNOWN_VARIABLE = "unknown-variable"
    UNSUPPORTED_KIND = "unsupported-kind"
    UNANSWERED = "unanswered"


class VariableValue(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One value as its station says it is."""

    variable: str
    status: ReadStatus = ReadStatus.ACCEPTED
    value: str | None = None
    """None: it was not told."""
    kind: AttributeKind = AttributeKind.ACTUAL
    reason: str = ""
    """The station's reason code."""
    read_only: bool = False
    """The station says that it cannot be set; false: it can, or nobody said."""


class SetVariables(Command, frozen=True, kw_only=True, gc=False):
    """Set variables of a station; each comes to an end of its own. Values are written down only where they may be read."""

    priority: ClassVar[Priority] = Priority.NORMAL
    unasked: ClassVar[frozenset[str]] = frozenset({"readable", "redacted", "per_message", "per_bytes", "rollout"})
    settings: tuple[Setting, ...]
    atomic: bool = False
    """All or nothing. OCPP cannot do that, but for a single one."""
    hold: bool = False
    """Keep it so: a station that is away gets it when it comes, and one that has another value is set again. Not for secrets."""
    readable: tuple[str, ...] = ()
    """Variables whose values may be written down: the CSMS knows that they are no secrets."""
    redacted: tuple[str, ...] = ()
    """Variables whose values were left out when it was written down."""
    per_message: int = 0
    """How many the station takes at a time; 0: nobody knows of a limit."""
    per_bytes: int = 0
    """How many bytes it takes at a time; 0: nobody knows of a limit."""
    rollout: str = ""
    """The application to several stations that this is part of."""

    def kept(self) -> Self:
        """Return it without the values that nobody may read."""
        left_out = tuple(one.variable for one in self.settings if one.value and one.variable not in self.readable)
        if not left_out:
            return self
        shown = tuple(one if one.variable in self.readable else replace(one, value="") for one in self.settings)
        return replace(self, settings=shown, redacted=tuple(sorted({*self.redacted, *left_out})))

    def whole(self) -> Self:
        """Return it as it can be sent.

        Raises:
            Unavailable: it was read back after a restart, without its secrets.
        """
        if self.redacted:
            raise Unavailable("its secrets were not kept over a restart; ask again", code="SecretForgotten")
        return self


class ReadVariables(Command, frozen=True, kw_only=True, gc=False):
    """Read values of variables from a station, as they are now."""

    unasked: ClassVar[frozenset[str]] = frozenset({"per_message", "per_bytes"})
    variables: tuple[VariableWish, ...]
    per_message: int = 0
    """As of SetVariables."""
    per_bytes: int = 0


class SettingsAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What a station says to SetVariables; of each setting, in their order."""

    results: tuple[SettingResult, ...]


class ValuesAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What a station says to ReadVariables; of each value, in their order."""

    values: tuple[VariableValue, ...]


class VariablesSet(Event, frozen=True, kw_only=True, gc=False):
    """A station was told to set variables and said what came of each."""

    results: tuple[SettingResult, ...]
    rollout: str = ""
    hold: bool = False


class VariablesRead(Event, frozen=True, kw_only=True, gc=False):
    """A station said what values variables have."""

    values: tuple[VariableValue, ...]


def readable(settings: Sequence[Setting], secrets: Collection[str]) -> tuple[str, ...]:
    """Return the variables whose values may be written down.

    Args:
        settings: of them.
        secrets: variables of which the station said that they cannot be read; names tell of others.
    """
    return tuple(one.variable for one in settings if not is_secret(one.variable, secrets))


def is_secret(variable: str, secrets: Collection[str]) -> bool:
    """Tell whether a value may be written and never shown."""
    address = variable_address(variable)
    return address.secret or str(address).casefold() in {one.casefold() for one in secrets}


def demand_shown(settings: Sequence[Setting], secrets: Collection[str] = ()) -> None:
    """Let nothing be held that may be kept nowhere.

    Args:
        settings: that are to be held.
        secrets: as readable.

    Raises:
        Refused: it is a secret.
    """
    for place, one in enumerate(settings):
        if is_secret(one.variable, secrets):
            words = f"{one.variable} is a secret, which is told and kept nowhere"
            raise Refused(words, code="SecretNotKept", where=f"settings[{place}].variable", remedy="set it once, without hold")


def without_secrets(settings: tuple[Setting, ...]) -> tuple[Setting, ...]:
    """Return settings as they may be written down before anybody has looked at them: what could be a secret has no value."""
    return tuple(replace(one, value="") if _may_be_secret(one.variable) else one for one in settings)


def _may_be_secret(variable: str) -> bool:
    try:
        return is_secret(variable, ())
    except Malformed:
        return True


def demand_settings(settings: Sequence[Setting]) -> None:
    """Check what somebody wants set.

    Raises:
        Malformed: nothing, too much, no variable, a value that is too long, or one that is to have two.
    """
    demand_names([one.variable for one in settings], "settings")
    wanted: set[Key] = set()
    for place, one in enumerate(settings):
        if len(one.value) > LONGEST:
            raise Malformed(f"a value has up to {LONGEST} characters", code="InvalidValue", where=f"settings[{place}].value")
        if key_of(one) in wanted:
            words = f"{one.variable} is to have two values at once"
            raise Malformed(words, code="InvalidValue", where=f"settings[{place}].variable", remedy="leave one out")
        wanted.add(key_of(one))


def demand_names(names: Sequence[str], where: str) -> None:
    """Check which variables somebody means.

    Raises:
        Malformed: none, too many, or something that names none.
    """
    if not 0 < len(names) <= MOST:
        raise Malformed(f"1 to {MOST} variables, not {len(names)}", code="InvalidValue", where=where)
    for place, one in enumerate(names):
        variable_address(one, f"{where}[{place}].variable")


def answered(said: SetVariables, results: Sequence[SettingResult], now: datetime) -> VariablesSet:
    """Return what a CSMS makes of a station's answer: each setting with what came of it, and its value where it may be read."""
    by_name = {key_of(one): one for one in results}
    return VariablesSet(
        station=said.station,
        at=now,
        results=tuple(_result(one, by_name, said) for one in said.settings),
        rollout=said.rollout,
        hold=said.hold,
    )


def _result(wanted: Setting, results: Mapping[Key, SettingResult], said: SetVariables) -> SettingResult:
    found = results.get(key_of(wanted))
    status = SettingStatus.UNANSWERED if found is None else found.status
    value = wanted.value if wanted.variable in said.readable else None
    reason = "" if found is None else found.reason
    return SettingResult(variable=wanted.variable, status=status, reason=reason, kind=wanted.kind, value=value)


def outcome_of(results: Sequence[SettingResult]) -> tuple[Outcome, str, str]:
    """Return how an order to set variables ends, with reason code and words: yes if all were taken, now or after a boot."""
    refused = [one for one in results if one.status not in TAKEN]
    if not refused:
        waits = any(one.status is SettingStatus.REBOOT_REQUIRED for one in results)
        return Outcome.ACCEPTED, "RebootRequired" if waits else "", ""
    words = ", ".join(f"{one.variable}: {one.reason or one.status}" for one in refused)
    taken = len(results) - len(refused)
    told = f"{taken} of {len(results)} were taken; not {words}" if taken else words
    reason = PARTLY if taken else refused[0].reason or _WORDS[refused[0].status]
    return Outcome.REJECTED, reason, told[:LONGEST_WORDS]


LONGEST_WORDS: Final = 500

_WORDS: Final = {
    SettingStatus.REJECTED: "Rejected",
    SettingStatus.UNKNOWN_COMPONENT: "UnknownComponent",
    SettingStatus.UNKNOWN_VARIABLE: "UnknownVariable",
    SettingStatus.UNSUPPORTED_KIND: "NotSupportedAttributeType",
    SettingStatus.WITHHELD: "Withheld",
    SettingStatus.UNANSWERED: "NotAnswered",
}


def told_of(asked: ReadVariables, values: Sequence[VariableValue], now: datetime) -> VariablesRead:
    """Return what a CSMS makes of a station's answer: of each value that was asked for what was said; secrets are not kept."""
    by_name = {key_of(one): one for one in values}
    return VariablesRead(station=asked.station, at=now, values=tuple(_value(one, by_name) for one in asked.variables))


def _value(wish: VariableWish, values: Mapping[Key, VariableValue]) -> VariableValue:
    found = values.get(key_of(wish))
    if found is None:
        return VariableValue(variable=wish.variable, status=ReadStatus.UNANSWERED, kind=wish.kind)
    return replace(found, variable=wish.variable, value=None if variable_address(wish.variable).secret else found.value)


def read_outcome(values: Sequence[VariableValue]) -> tuple[Outcome, str, str]:
    """Return how an order to read variables ends, with reason code and words: yes if all were told."""
    missing = [one for one in values if one.status is not ReadStatus.ACCEPTED]
    if not missing:
        return Outcome.ACCEPTED, "", ""
    words = ", ".join(f"{one.variable}: {one.reason or one.status}" for one in missing)
    told = len(values) - len(missing)
    reason = PARTLY if told else missing[0].reason or _READ_WORDS[missing[0].status]
    return Outcome.REJECTED, reason, (f"{told} of {len(values)} were told; not {words}" if told else words)[:LONGEST_WORDS]


_READ_WORDS: Final = {
    ReadStatus.REJECTED: "Rejected",
    ReadStatus.UNKNOWN_COMPONENT: "UnknownComponent",
    ReadStatus.UNKNOWN_VARIABLE: "UnknownVariable",
    ReadStatus.UNSUPPORTED_KIND: "NotSupportedAttributeType",
    ReadStatus.UNANSWERED: "NotAnswered",
}
