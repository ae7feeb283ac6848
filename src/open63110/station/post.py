# SPDX-License-Identifier: Apache-2.0
"""Where the monitors of a station meet its controller: what is installed is watched, and what is seen is told."""

from typing import Protocol

from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Command, Event
from open63110.kernel.units import Watts
from open63110.model.device import VariableAddress, of_station
from open63110.model.monitor import Monitoring, MonitoringChanged
from open63110.model.station import RegistrationDecided, StationConnected
from open63110.runtime.engine import Engine
from open63110.station.parts import Hardware
from open63110.station.watcher import Watcher
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.monitor_station.streams import StreamAnswered

FOLLOWED = (MonitoringChanged, StreamAnswered, StationConnected, RegistrationDecided)
"""Facts that change what is watched, or who listens."""


class Controller(Protocol):
    """The controller of the station, as its monitors see it."""

    hardware: Hardware
    powered: bool

    @property
    def heard(self) -> bool:
        """Somebody listens: there is a link, and the station is accepted."""

    def offer(self, evse: EvseNumber) -> Watts:
        """Return what an EVSE may give now."""

    def running(self, evse: int) -> TransferReference | None:
        """Return what runs at an EVSE."""

    def called(self, message: Command | Event) -> bool:
        """Tell or ask something; False: it cannot go now."""


class Post:
    """Of one station. It costs next to nothing as long as there is nothing to watch."""

    __slots__ = ("_controller", "_engine", "_id", "_since", "_watcher")

    def __init__(self, station: StationId, engine: Engine, controller: Controller) -> None:
        """Have nothing to watch yet."""
        self._id, self._engine, self._controller = station, engine, controller
        self._watcher: Watcher | None = None
        self._since = engine.clock.now()

    def up(self) -> None:
        """Watch what was installed before the power went."""
        self._since = self._engine.clock.now()
        self._watch(self._engine.store.get(Monitoring, self._id))

    def down(self) -> None:
        """Watch nothing."""
        self._watch(None)

    def fact(self, fact: Event) -> None:
        """Follow one of FOLLOWED."""
        watcher = self._watcher
        match fact:
            case MonitoringChanged() if self._controller.powered:
                self._watch(fact.monitoring)
            case StreamAnswered() if watcher is not None:
                watcher.answered(fact)
            case StationConnected() | RegistrationDecided() if watcher is not None and self._controller.heard:
                watcher.open(anew=True)

    def _watch(self, monitoring: Monitoring | None) -> None:
        if self._watcher is None and monitoring is not None and monitoring.installed:
            self._watcher = Watcher(self._id, self._engine.clock, self)
        if self._watcher is not None:
            self._watcher.take(monitoring)

    # -- what the watcher needs --

    def values(self) -> dict[VariableAddress, float | str]:
        """Read everything that monitors can watch."""
        up = (self._engine.clock.now() - self._since).total_seconds()
        return {**self._controller.hardware.values(), of_station("UptimeSeconds"): float(int(up))}

    def offer(self, evse: EvseNumber) -> Watts:
        """Return what an EVSE may give now."""
        return self._controller.offer(evse)

    def running(self, evse: int) -> TransferReference | None:
        """Return what runs at an EVSE."""
        return self._controller.running(evse)

    def tell(self, event: StationEventReported) -> None:
        """Tell what a monitor has seen."""
        self._engine.hear((event,), now=event.at)

    def ask(self, message: Command | Event) -> bool:
        """Tell or ask something at once; False: it cannot go now."""
        return self._controller.heard and self._controller.called(message)
