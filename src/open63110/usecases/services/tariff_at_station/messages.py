# SPDX-License-Identifier: Apache-2.0
"""What is said about the tariffs of stations (8.4.7)."""

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Command, Event, Reply
from open63110.model.charging_tariff import ChargingTariff, TariffAssigned


class SetDefaultTariff(Command, frozen=True, kw_only=True, gc=False):
    """Have a tariff count at a station for whoever has none of his own, from its time on; what goes on keeps its tariff."""

    evse: EvseNumber = EvseNumber(0)
    """At this EVSE; 0: at all of them."""
    tariff: ChargingTariff


class AskStationTariffs(Command, frozen=True, kw_only=True, gc=False):
    """Ask a station which tariffs it has."""

    evse: EvseNumber = EvseNumber(0)
    """At this EVSE; 0: at any."""


class ClearStationTariffs(Command, frozen=True, kw_only=True, gc=False):
    """Have a station let tariffs go."""

    ids: tuple[str, ...] = ()
    """What they are called; none: all of them."""
    evse: EvseNumber | None = None
    """Those of this EVSE only, 0: those that are for all of them; None: wherever they are."""


class StationTariffsAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """Which tariffs a station has."""

    tariffs: tuple[TariffAssigned, ...] = ()


class TariffsClearedAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What became of tariffs that were to go."""

    gone: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """There was none that is called so."""


class DefaultTariffSet(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station has taken a tariff."""

    evse: EvseNumber = EvseNumber(0)
    tariff: ChargingTariff


class StationTariffsReported(Event, frozen=True, kw_only=True, gc=False):
    """A station has said which tariffs it has, and that it has no others."""

    evse: EvseNumber = EvseNumber(0)
    """Of this EVSE only; 0: of all of them."""
    tariffs: tuple[TariffAssigned, ...] = ()


class StationTariffsCleared(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station has tariffs no more."""

    ids: tuple[str, ...] = ()
    """None: all of them."""
    evse: EvseNumber | None = None
    """Those of this EVSE only; None: wherever they were."""
