# SPDX-License-Identifier: Apache-2.0
"""What is awaited of stations that are not like others: tables [quirks.NAME]."""

from collections.abc import Mapping
from typing import Final

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.units import Seconds
from open63110.model.policy import Policy
from open63110.model.quirk import SETTINGS, Quirk

QUIRKS: Final = """
# Stations that are not like others: any number of tables, each of a maker, a model, a firmware, or of names.
# [quirks.slow]
# vendor = "Acme*"                     as they say it when they boot; * stands for anything
# model = "X1*"
# firmware = "1.*"
# stations = ["CS-7"]
# answer_timeout = 90                  how long the answer to a call is awaited [s]; the others as named above
# ping_every = 0                       0: they are not pinged
# ping_timeout = 60
# heartbeat = 60
# silent_after = 300
"""
"""What stands of it in the file that explains itself."""

BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "answer_timeout": (1.0, 3_600.0),
    "ping_every": (5.0, 86_400.0),
    "ping_timeout": (1.0, 3_600.0),
    "heartbeat": (1.0, 86_400.0),
    "silent_after": (10.0, 604_800.0),
}
"""Least and most of each [s]."""


class QuirkTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table [quirks.NAME]."""

    stations: tuple[str, ...] = ()
    vendor: str = ""
    model: str = ""
    firmware: str = ""
    answer_timeout: float | None = None
    ping_every: float | None = None
    ping_timeout: float | None = None
    heartbeat: float | None = None
    silent_after: float | None = None


def check_quirks(tables: Mapping[str, QuirkTable], policy: Policy, ping_every: float) -> None:
    """See whether each says of whom, and something that can be.

    Args:
        tables: by name.
        policy: what holds for all others.
        ping_every: likewise [s].

    Raises:
        Malformed: it does not; says where and what to do.
    """
    if policy.quirks:
        raise Malformed("policy.quirks is no setting; write tables [quirks.NAME]", where="policy.quirks")
    for name, one in tables.items():
        _check(f"quirks.{name}", one, policy, ping_every)


def _check(place: str, one: QuirkTable, policy: Policy, ping_every: float) -> None:
    if not (one.stations or one.vendor or one.model or one.firmware):
        remedy = "name stations, vendor, model or firmware; what holds for all stands in [limits] and [policy]"
        raise Malformed(f"{place} says nobody; {remedy}", where=place, remedy=remedy)
    said = {setting: value for setting in SETTINGS if (value := getattr(one, setting)) is not None}
    if not said:
        raise Malformed(f"{place} says nothing; it may say {', '.join(SETTINGS)}", where=place)
    for setting, value in said.items():
        least, most = BOUNDS[setting]
        if not (least <= value <= most or (setting == "ping_every" and value == 0)):
            or_never = ", or 0 for never" if setting == "ping_every" else ""
            words = f"{place}.{setting} is {value:g}; it is {least:g} to {most:g} seconds{or_never}"
            raise Malformed(words, where=f"{place}.{setting}")
    _check_heard(place, said, policy, ping_every)


def _check_heard(place: str, said: Mapping[str, float], policy: Policy, ping_every: float) -> None:
    """See that a station that is well is heard often enough not to be alarmed."""
    pinged = said.get("ping_every", ping_every)
    sign, of = (pinged, "ping_every") if pinged > 0 else (said.get("heartbeat", policy.heartbeat), "heartbeat")
    silent = said.get("silent_after", policy.silent_after)
    if sign >= silent:
        words = f"{place}: alarmed as silent after {silent:g} s it would be before it says anything ({of} is {sign:g} s)"
        raise Malformed(words, where=place, remedy=f"let silent_after be more than {of}")


def quirks_of(tables: Mapping[str, QuirkTable]) -> tuple[Quirk, ...]:
    """Return what decisions know of them."""
    return tuple(_quirk(name, one) for name, one in sorted(tables.items()))


def _quirk(name: str, table: QuirkTable) -> Quirk:
    said = {one: Seconds(value) for one in SETTINGS if (value := getattr(table, one)) is not None}
    return Quirk(name=name, stations=table.stations, vendor=table.vendor, model=table.model, firmware=table.firmware, **said)
