# SPDX-License-Identifier: Apache-2.0
"""The hardware of a real station: an EVSE state machine and a driver for each EVSE, looked at several times a second."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.device import VariableAddress
from open63110.model.limit import PHASE
from open63110.model.reading import Reading
from open63110.model.transfer import TransferState
from open63110.station.drivers.port import DRIVER_FAILURE, Driver
from open63110.station.evse import EMERGENCY, Allowed, Drive, Evse, FaultChanged, Fitting, Plugged, Seen, Unplugged
from open63110.station.limits import FailSafe, Offer, Source, least, per_phase, power_of
from open63110.station.values import shown

TICK = 0.1
"""Between two looks at every EVSE [s]."""

DRAWS = Amperes(0.5)
"""From this current on an EV is said to charge."""

SETTLED = 3.0
"""How long a change of the EV's state has to last before it is told on its own [s]."""

BEFORE_RESTART = 1.0
"""Between the word and the deed of a restart [s]: answers go out first."""

INTERVAL = Seconds(60.0)

RESTART = 2.0
"""How long the station is down [s]."""


class Rating(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an EVSE was built for."""

    amperes: Amperes = Amperes(32.0)
    phases: int = 3

    @property
    def power(self) -> Watts:
        """All phases together [W]."""
        return power_of(self.amperes, self.phases, PHASE)


class Controller(Protocol):
    """The controller of the station, as its hardware sees it."""

    powered: bool

    @property
    def linked(self) -> bool:
        """The CSMS can be reached."""

    def power_up(self, reason: str = "PowerUp") -> None:
        """Start."""

    def power_down(self) -> None:
        """Fall silent."""

    def plug(self, evse: int, connector: int = 1) -> None:
        """See an EV come."""

    def unplug(self, evse: int, connector: int = 1) -> None:
        """See an EV go."""

    def sample(self, evse: int) -> None:
        """Read the meter."""

    def fault(self, evse: int, code: str, severity: int = 3) -> None:
        """See a fault come or go."""

    def stop(self, evse: int, reason: str, trigger: str = "AbnormalCondition") -> None:
        """End what runs at an EVSE."""

    def capped(self, evse: int, caps: dict[str, Watts]) -> None:
        """See what cable, EV and hardware allow."""

    def offer(self, evse: EvseNumber) -> Watts:
        """Return what an EVSE may give now."""

    def phase_limit(self, evse: EvseNumber) -> Amperes | None:
        """Return what it was told for each phase."""


class Bay:
    """One EVSE with its driver."""

    __slots__ = ("caps", "driver", "evse", "next_sample", "offer", "rating", "shown", "shown_at", "told", "wanted")

    def __init__(self, driver: Driver, rating: Rating, fitting: Fitting, now: float) -> None:
        """Stand open."""
        self.driver, self.rating = driver, rating
        self.evse = Evse(fitting=fitting, switched=now)
        self.wanted = False
        """An energy transfer runs here."""
        self.offer: Offer | None = None
        self.caps: dict[str, Watts] = {}
        self.next_sample = 0.0
        self.told: TransferState | None = None
        self.shown: TransferState | None = None
        self.shown_at = now

    def state(self) -> TransferState | None:
        """Tell what the EV does; None: nothing may flow."""
        if not self.wanted:
            return None
        if self.evse.flows and self.evse.seen.current >= DRAWS:
            return "charging"
        offers = self.evse.drive.amperes > 0 and not self.evse.fault
        return "suspended-ev" if offers else "suspended-evse"


class StationHardware:
    """Implements the hardware that a controller moves, over any drivers."""

    def __init__(
        self,
        bays: Mapping[int, tuple[Driver, Rating, Fitting]],
        time: Callable[[], float],
        *,
        interval: Seconds = INTERVAL,
        fail_safe: FailSafe | None = None,
        set_clock: Callable[[float], None] | None = None,
        slew_clock: Callable[[float], None] | None = None,
    ) -> None:
        """Stand with all contactors open.

        Args:
            bays: driver, rating and fitting of EVSE 1, 2 …
            time: monotonic seconds.
            interval: between two readings while a transfer runs [s].
            fail_safe: what holds without a link even where no message said so; None: nothing does.
            set_clock: moves the station's clock by so many seconds; None: it has a better source of time than the CSMS.
            slew_clock: moves it by so many seconds little by little; None: it cannot.
        """
        self._time, self._interval, self._fail_safe = time, interval, fail_safe
        self._set_clock, self._slew_clock = set_clock, slew_clock
        self.bays = {number: Bay(*one, time()) for number, one in bays.items()}
        self.controller: Controller
        self._restarting: asyncio.TimerHandle | None = None
        self._patient = True
        """Drivers may still take their time for a first look."""

    # -- what the controller moves and measures --

    def plugged(self, evse: int) -> bool:
        """Tell whether an EV is connected."""
        return self.bays[evse].evse.plugged

    def close_contactor(self, evse: int, limit: float) -> None:  # noqa: ARG002 - it is asked for anew at every look
        """Let energy flow up to what may flow as soon as the EV is ready for it."""
        bay, now = self.bays[evse], self._time()
        if not bay.wanted:
            bay.wanted, bay.told, bay.shown, bay.shown_at = True, None, None, now
            bay.next_sample = now + self._interval
        self._allow(evse, bay, now)

    def open_contactor(self, evse: int) -> None:
        """Let energy flow no more: the EV is asked first, and has a few seconds."""
        bay = self.bays[evse]
        bay.wanted = False
        self._allow(evse, bay, self._time())

    def register(self, evse: int) -> float:
        """Read the import register [Wh]."""
        shown = (one.value for one in self.readings(evse) if one.measurand == "energy.import.register")
        return next(shown, 0.0)

    def readings(self, evse: int) -> tuple[Reading, ...]:
        """Return what the meter showed last."""
        return self.bays[evse].driver.readings()

    def values(self) -> dict[VariableAddress, float | str]:
        """Return what meters showed last, as monitors watch it."""
        return {where: value for number in self.bays for where, value in shown(number, self.readings(number))}

    def state(self, evse: int) -> TransferState | None:
        """Tell what the EV does while energy may flow."""
        bay = self.bays[evse]
        bay.told = bay.state()
        return bay.told

    def faults(self) -> list[tuple[int, str, int]]:
        """Tell what is broken: EVSE, code, severity."""
        machines = {number: bay.evse for number, bay in self.bays.items()}
        return [(number, one.fault, one.severity) for number, one in machines.items() if one.fault]

    def sample_every(self, seconds: float) -> None:
        """Read meters so often while energy may flow [s]."""
        self._interval = Seconds(seconds)

    def unlock(self, evse: int, connector: int) -> None:  # noqa: ARG002 - each EVSE has one
        """Let go of a cable that no energy flows through; one at a welded contactor is held."""
        bay = self.bays[evse]
        if not bay.evse.flows and bay.evse.drive.available:
            bay.driver.drive(msgspec.structs.replace(bay.evse.drive, locked=False))

    def restart(self, reason: str, evse: int | None) -> None:
        """Go down and come up again; a single EVSE comes up as soon as nothing is wrong with it anyway."""
        if evse is None and self._restarting is None:
            loop = asyncio.get_running_loop()
            self._restarting = loop.call_later(BEFORE_RESTART, self._down, reason)

    def _down(self, reason: str) -> None:
        self.controller.power_down()
        self._restarting = asyncio.get_running_loop().call_later(RESTART, self._up, reason)

    def _up(self, reason: str) -> None:
        self._restarting = None
        self.controller.power_up(reason)

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

    # -- what goes on by itself --

    async def run(self) -> None:
        """Look at every EVSE until cancelled; the drivers open what is closed."""
        async with asyncio.TaskGroup() as tasks:
            for bay in self.bays.values():
                tasks.create_task(bay.driver.run())
            try:
                while True:
                    self.tick()
                    await asyncio.sleep(TICK)
            finally:
                if self._restarting is not None:
                    self._restarting.cancel()

    async def all_seen(self, seconds: float) -> bool:
        """Wait until every driver has seen its EVSE and its meter; what has not in that time is broken until it does."""
        try:
            async with asyncio.timeout(seconds):
                while not self._all_seen():  # noqa: ASYNC110 - drivers of any kind, each with a pace of its own
                    await asyncio.sleep(TICK)
        except TimeoutError:
            return False
        finally:
            self._patient = False
        return True

    def _all_seen(self) -> bool:
        return not self.silent()

    def silent(self) -> list[int]:
        """Return the EVSEs of which nothing was seen, or nothing measured, since the start."""
        return [number for number, bay in self.bays.items() if bay.driver.seen() is None or not bay.driver.readings()]

    def tick(self) -> None:
        """Look at every EVSE once."""
        now = self._time()
        if self._fail_safe is not None:
            self._fail_safe = self._fail_safe.heard(now, link=self.controller.linked)
        for number, bay in self.bays.items():
            seen = bay.driver.seen()
            if seen is None and not self._patient:
                seen = Seen(trouble=DRIVER_FAILURE)
            if seen is not None:
                self._look(number, bay, seen, now)

    def _look(self, number: int, bay: Bay, seen: Seen, now: float) -> None:
        self._hear(number, bay, seen, now)
        self._allow(number, bay, now)
        if self.controller.powered:
            self._tell_caps(number, bay)
            self._sample(number, bay, now)

    def _allow(self, number: int, bay: Bay, now: float) -> None:
        bay.offer = offer = self._offer(number, bay, now)
        amperes = offer.amperes if bay.wanted else Amperes(0.0)
        if amperes != bay.evse.allowed:
            self._hear(number, bay, Allowed(amperes=amperes), now)

    def _offer(self, number: int, bay: Bay, now: float) -> Offer:
        evse = EvseNumber(number)
        commanded = per_phase(self.controller.offer(evse), bay.rating.phases, PHASE)
        by_phase = self.controller.phase_limit(evse)
        return least(
            {
                Source.COMMAND: commanded if by_phase is None else min(commanded, by_phase),
                Source.CABLE: bay.evse.seen.proximity if bay.evse.fitting.socket else None,
                Source.HARDWARE: bay.rating.amperes,
                Source.FAIL_SAFE: self._fail_safe.in_force(now) if self._fail_safe else None,
            }
        )

    def _hear(self, number: int, bay: Bay, heard: Seen | Allowed, now: float) -> None:
        bay.evse, actions = bay.evse.hear(heard, now)
        for action in actions:
            match action:
                case Drive():
                    bay.driver.drive(action)
                case _ if not self.controller.powered:
                    continue  # it asks for plugs and faults when it comes up
                case Plugged():
                    self.controller.plug(number)
                case Unplugged():
                    self.controller.unplug(number)
                case FaultChanged():
                    self._tell_fault(number, action)

    def _tell_fault(self, number: int, fault: FaultChanged) -> None:
        self.controller.fault(number, fault.code, fault.severity)
        if fault.code == EMERGENCY:
            self.controller.stop(number, "EmergencyStop")

    def _tell_caps(self, number: int, bay: Bay) -> None:
        """Tell what this EVSE can do at most where it has changed."""
        caps = {"hardware": bay.rating.power}
        cable = bay.evse.seen.proximity
        if bay.evse.fitting.socket and bay.evse.plugged and cable is not None:
            caps["cable"] = power_of(cable, bay.rating.phases, PHASE)
        if caps != bay.caps:
            bay.caps = caps
            self.controller.capped(number, caps)

    def _sample(self, number: int, bay: Bay, now: float) -> None:
        """Read the meter at its time, and when the EV has gone over to something else for good."""
        state = bay.state()
        if state != bay.shown:
            bay.shown, bay.shown_at = state, now
        changed = state != bay.told and now - bay.shown_at >= SETTLED
        if bay.wanted and (changed or now >= bay.next_sample):
            bay.next_sample = now + self._interval
            self.controller.sample(number)
