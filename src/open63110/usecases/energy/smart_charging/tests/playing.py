# SPDX-License-Identifier: Apache-2.0
"""What a use case does to a station, effect by effect."""

from collections.abc import Iterable
from typing import Any

from open63110.kernel.messages import Effect, Event, Wake
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging import USE_CASE


def play(station: Station, effects: Iterable[Effect]) -> tuple[list[Any], Any]:
    """Let facts change a station as they come; return the effects, and the station after them."""
    taken: list[Any] = list(effects)
    for effect in taken:
        if isinstance(effect, Event):
            station = USE_CASE.evolve[type(effect)](effect, station)
    return taken, station


def unwoken(station: Station, effects: Iterable[Effect]) -> tuple[list[Any], Any]:
    """The same, without the moments at which it is to be looked at again."""
    return play(station, (one for one in effects if not isinstance(one, Wake)))
