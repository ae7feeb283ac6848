# SPDX-License-Identifier: Apache-2.0
"""The hardware of one simulated charging station, and what people, grid and weather do to it."""

from collections.abc import Callable, Sized
from typing import Protocol

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Watts
from open63110.model.der import DerKind
from open63110.model.device import VariableAddress, of_evse, of_station
from open63110.model.needs import Needs
from open63110.model.reading import Reading
from open63110.model.token import Credential
from open63110.model.transfer import TransferState
from open63110.ports import Clock
from open63110.simulator.car import Car
from open63110.simulator.ev import Ev
from open63110.simulator.evse import SimulatedEvse
from open63110.simulator.outlet import Outlet
from open63110.simulator.schedule import Schedule, Script

FIRST_SAMPLE = 3.0
"""After the contactor has closed, the state that results from it is told [s]."""

BEFORE_RESTART = 2.0
"""Between the word and the deed of a restart at least [s]."""

TELLS = 60.0
"""How long a restart waits at most until everything is told [s]."""


class Controller(Protocol):
    """The controller of the station, as its hardware sees it."""

    powered: bool

    @property
    def outbox(self) -> Sized:
        """What is to be told."""

    def power_up(self, reason: str = "PowerUp") -> None:
        """Start."""

    def power_down(self) -> None:
        """Fall silent."""

    def cut_link(self) -> None:
        """Lose the link."""

    def mend_link(self) -> None:
        """Have the link back."""

    def plug(self, evse: int, connector: int = 1) -> None:
        """See an EV come."""

    def unplug(self, evse: int, connector: int = 1) -> None:
        """See an EV go."""

    def present(self, evse: int, credential: Credential) -> None:
        """Read a card."""

    def sample(self, evse: int) -> None:
        """Read the meter."""

    def fault(self, evse: int, code: str, severity: int = 3) -> None:
        """See a fault come or go."""

    def feel_grid(self, kind: DerKind, fault: str, *, ended: bool) -> None:
        """See the grid leave what a control says, or come back within it."""

    def need(self, evse: int, needs: Needs) -> None:
        """Hear what an EV needs."""


class SimulatedStation:
    """EVSEs under one roof; implements the hardware that a controller moves."""

    __slots__ = (
        "_clock",
        "_schedule",
        "_set_clock",
        "_slew_clock",
        "boot",
        "controller",
        "evses",
        "interval",
        "name",
        "restarts",
        "world",
    )

    def __init__(
        self,
        name: str,
        evses: list[SimulatedEvse],
        clock: Clock,
        schedule: Schedule,
        *,
        interval: float = 60.0,
        boot: float = 20.0,
        set_clock: Callable[[float], None] | None = None,
        slew_clock: Callable[[float], None] | None = None,
    ) -> None:
        """Stand without power.

        Args:
            name: for those who watch.
            evses: 1, 2 …
            clock: the station's own, which may be wrong.
            schedule: tells its stories.
            interval: between two readings while energy may flow [s].
            boot: how long a start takes [s].
            set_clock: moves the clock by so many seconds; None: it has a better source of time than the CSMS.
            slew_clock: moves it by so many seconds little by little; None: it cannot.
        """
        self.name, self.evses, self.interval, self.boot = name, {one.number: one for one in evses}, interval, boot
        self._clock, self._schedule, self._set_clock, self._slew_clock = clock, schedule, set_clock, slew_clock
        self.world = clock
        """By which EVs live, however wrong the station's own clock may be."""
        self.controller: Controller
        self.restarts = 0

    # -- what the controller moves and measures --

    def plugged(self, evse: int) -> bool:
        """Tell whether an EV is connected."""
        return self.evses[evse].plugged

    def close_contactor(self, evse: int, limit: float) -> None:
        """Let energy flow up to so many watts, and read the meter from now on."""
        one = self.evses[evse]
        if not one.closed:
            self._schedule.begin(self._metering(one), after=FIRST_SAMPLE)
            self._let_speak(one)
        one.close(self.world.now(), Watts(limit))

    def _let_speak(self, evse: SimulatedEvse) -> None:
        """Let an EV say what it needs, once for each time it comes."""
        ev = evse.ev
        if ev is not None and ev.speaks and not ev.said:
            ev.said = True
            self.controller.need(evse.number, ev.needs(self._clock.now()))

    def open_contactor(self, evse: int) -> None:
        """Stop energy."""
        self.evses[evse].open()

    def register(self, evse: int) -> float:
        """Read the import register [Wh]."""
        return self.evses[evse].meter.register

    def readings(self, evse: int) -> tuple[Reading, ...]:
        """Read the meter, and whatever else there is."""
        found = self.evses[evse].readings(self.world.now())
        if self.world is self._clock:
            return found
        now = self._clock.now()
        return tuple(replace(one, at=now) for one in found)

    def values(self) -> dict[VariableAddress, float | str]:
        """Read everything that monitors can watch."""
        now, found = self.world.now(), dict[VariableAddress, float | str]()
        for number, one in self.evses.items():
            found.update({of_evse(EvseNumber(number), name): value for name, value in one.values(now).items()})
        hottest = max((one.temperature for one in self.evses.values()), default=0.0)
        return {**found, of_station("Temperature"): hottest}

    def state(self, evse: int) -> TransferState | None:
        """Tell what the EV does while energy may flow."""
        return self.evses[evse].state()

    def faults(self) -> list[tuple[int, str, int]]:
        """Tell what is broken: EVSE, code, severity."""
        return [(one.number, *one.fault) for one in self.evses.values() if one.fault is not None]

    def sample_every(self, seconds: float) -> None:
        """Read meters so often while energy may flow [s]."""
        self.interval = seconds

    def unlock(self, evse: int, connector: int) -> None:  # noqa: ARG002 - each EVSE has one
        """Let go of a cable: whoever stands there takes it out."""
        self._schedule.begin(self._taken_out(evse), after=5.0)

    def _taken_out(self, evse: int) -> Script:
        self.leave(evse)
        yield 0.0

    def restart(self, reason: str, evse: int | None) -> None:
        """Go down and come up again; one EVSE restarts without the others noticing."""
        if evse is None:
            self.restarts += 1
            self._schedule.begin(self._restarting(reason), after=BEFORE_RESTART)

    def _restarting(self, reason: str) -> Script:
        """Wait for what ends to be told, as long as that is possible."""
        left = TELLS
        while len(self.controller.outbox) and left > 0.0:
            left -= 1.0
            yield 1.0
        yield from self._off_and_on(reason, self.boot)

    def set_clock(self, by: float) -> bool:
        """Move the clock, unless it is right by itself."""
        if self._set_clock is not None:
            self._set_clock(by)
        return self._set_clock is not None

    def slew_clock(self, by: float) -> bool:
        """Move the clock little by little, unless it is right by itself."""
        if self._slew_clock is not None:
            self._slew_clock(by)
        return self._slew_clock is not None

    def _metering(self, evse: SimulatedEvse) -> Script:
        while evse.closed:
            self.controller.sample(evse.number)
            yield self.interval

    def _off_and_on(self, reason: str, seconds: float) -> Script:
        if self.controller.powered:
            for evse in self.evses.values():
                evse.advance(self.world.now())
            self.controller.power_down()
        yield seconds
        if not self.controller.powered:
            self.controller.power_up(reason)

    # -- what the world does --

    def switch_on(self, after: float = 0.0) -> None:
        """Give it power."""
        self._schedule.begin(self._off_and_on("PowerUp", 0.0), after=after)

    def lose_power(self, seconds: float) -> None:
        """Take the power away for a while; what had flowed until then the meter has counted."""
        self._schedule.begin(self._off_and_on("PowerUp", seconds))

    def crash(self, reason: str = "Watchdog") -> None:
        """Let its software restart without a word."""
        self._schedule.begin(self._off_and_on(reason, self.boot))

    def lose_link(self, seconds: float) -> None:
        """Take the link away for a while."""
        self._schedule.begin(self._unlinked(seconds))

    def _unlinked(self, seconds: float) -> Script:
        self.controller.cut_link()
        yield seconds
        self.controller.mend_link()

    def break_down(self, evse: int, code: str, seconds: float, severity: int = 2) -> None:
        """Let an EVSE have a fault for a while; nothing flows meanwhile."""
        self._schedule.begin(self._faulty(self.evses[evse], code, seconds, severity))

    def _faulty(self, evse: SimulatedEvse, code: str, seconds: float, severity: int) -> Script:
        evse.advance(self.world.now())
        evse.halted, evse.fault = True, (code, severity)
        if self.controller.powered:
            self.controller.fault(evse.number, code, severity)
        yield seconds
        evse.halted, evse.fault = False, None
        if self.controller.powered:
            self.controller.fault(evse.number, "", severity)

    def feel_grid(self, kind: DerKind, fault: str, *, ended: bool = False) -> None:
        """Let the grid leave what a control says, or be back within it."""
        if self.controller.powered:
            self.controller.feel_grid(kind, fault, ended=ended)

    def arrive(self, evse: int, ev: Ev) -> None:
        """Plug an EV in."""
        self.evses[evse].ev = ev
        self._plugged_in(evse)

    def plug_in(self, outlet: Outlet, car: Car) -> None:
        """Plug an EV into an EVSE that is wired."""
        outlet.arrive(car, self.world.now())
        self._plugged_in(outlet.number)

    def _plugged_in(self, evse: int) -> None:
        if self.controller.powered:
            self.controller.plug(evse)

    def leave(self, evse: int) -> None:
        """Take the cable out; the last watt-hours are counted first."""
        one = self.evses[evse]
        if not one.plugged:
            return
        one.advance(self.world.now())
        if self.controller.powered:
            self.controller.unplug(evse)
        one.clear()

    def present(self, evse: int, card: Credential) -> bool:
        """Hold a card to the reader; tell whether the reader has power."""
        if self.controller.powered:
            self.controller.present(evse, card)
        return self.controller.powered

    def halt(self, evse: int, *, halted: bool) -> None:
        """Let an EVSE give nothing, or give again."""
        one = self.evses[evse]
        one.advance(self.world.now())
        one.halted = halted
        self._tell(one)

    def pause(self, evse: int, *, paused: bool) -> None:
        """Let the EV take nothing, or take again."""
        one = self.evses[evse]
        if one.ev is not None:
            one.advance(self.world.now())
            one.ev.paused = paused
            self._tell(one)

    def _tell(self, evse: SimulatedEvse) -> None:
        if evse.closed and self.controller.powered:
            self.controller.sample(evse.number)

    def charging(self, evse: int) -> bool:
        """Tell whether energy may flow."""
        return self.evses[evse].closed
