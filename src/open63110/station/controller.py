# SPDX-License-Identifier: Apache-2.0
"""The controller of one charging station: moves things between its hardware, the station's use cases and its link.

What is decided is decided by the use cases; here are only the reading of meters before something may end, the hands that
follow facts (contactors, restart, unlocking), and the way of facts and requests to the CSMS.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from open63110.kernel.errors import Trouble, Unavailable
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferReference
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Command, Event, Message
from open63110.kernel.units import Amperes, Watts
from open63110.model.der import DerKind
from open63110.model.limit import offered
from open63110.model.needs import Needs, NeedsStated
from open63110.model.own_device import OwnSettings, OwnSettingsChanged
from open63110.model.station import EvPluggedIn, EvUnplugged, Identity, Registration, Station
from open63110.model.token import Credential
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Verdict
from open63110.station.fault_names import called
from open63110.station.limits import phase_limit
from open63110.station.line import Line
from open63110.station.outbox import AT_ONCE, TOLD, Outbox, Waiting
from open63110.station.own_settings import keep_to
from open63110.station.parts import Hardware
from open63110.station.post import FOLLOWED, Post
from open63110.station.timekeeping import Timekeeper
from open63110.station.touching import touches
from open63110.station.ways import ways
from open63110.usecases.energy.frequency_regulation import GridAlarmReported
from open63110.usecases.energy.smart_charging import (
    EvseCapped,
    FailSafeEntered,
    FailSafeLeft,
    LimitCleared,
    LimitInForce,
)
from open63110.usecases.services.authorize_externally import ConnectorUnlocked
from open63110.usecases.services.authorize_locally import CredentialPresented
from open63110.usecases.services.validate_vat_number import VatNumberAnswered
from open63110.usecases.sessions.energy_transfer import MeterSampled, StopTransfer
from open63110.usecases.stations.monitor_station import FaultAppeared
from open63110.usecases.stations.onboard_station import PoweredUp, RegistrationAnswered, TimeTold
from open63110.usecases.stations.reboot_station import StationRebooting

REQUEST_WITHIN = 30.0
"""How long a request may wait for its turn [s]."""

FACT_WITHIN = 3600.0
"""A fact waits behind requests of higher priority only [s]."""

AGAIN = 1.0
"""When the line had no room for a fact [s]."""

FACT, REQUEST = "fact", "request"
"""By what the line's answers are known."""


class Controller:
    """One station. Its line calls ``before``, ``over`` and ``link_changed``, its hardware everything public below them."""

    __slots__ = (
        *("_engine", "_pause", "_post", "clock", "hardware", "id", "identity", "layout", "limit", "line"),
        *("outbox", "powered", "terminal"),
    )

    def __init__(
        self, station: StationId, engine: Engine, *, identity: Identity, layout: tuple[int, ...], limit: float = 22_000.0
    ) -> None:
        """Wait for power.

        Args:
            station: its identity.
            engine: decides, in the role of the station; shared by the stations of a process.
            identity: what it says of itself.
            layout: how many connectors each EVSE has.
            limit: what an EVSE gives at most [W].
        """
        self.id, self._engine, self.identity, self.layout, self.limit = station, engine, identity, layout, limit
        self.hardware: Hardware
        self.line: Line
        self.outbox = Outbox()
        self.powered = False
        self.terminal: Callable[[Event], None] | None = None  # is told what its CSMS says of payments
        self.clock = Timekeeper(station, lambda fact, now: self._hear(fact, now=now), self._clock_was_set)
        self._pause: asyncio.TimerHandle | None = None
        self._post = Post(station, engine, self)

    @property
    def noun(self) -> Station | None:
        """The station as its use cases see it."""
        return self._engine.stations.get(self.id)

    @property
    def waiting(self) -> Waiting:
        """References of the energy transfers of which facts wait, whenever it is looked into."""
        return Waiting(self.outbox)

    def running(self, evse: int) -> TransferReference | None:
        """Return what runs at an EVSE."""
        noun = self.noun
        transfers = noun.transfers.values() if noun else ()
        return next((one.reference for one in transfers if one.evse == evse and one.ended is None), None)

    @property
    def linked(self) -> bool:
        """The CSMS can be reached."""
        return self.line.open

    def offer(self, evse: EvseNumber) -> Watts:
        """Return what an EVSE may give now, by what the station was told and what its hardware says of itself [W]."""
        noun = self.noun
        least = offered(noun.limits, evse, self._engine.clock.now(), self._others(evse)).limit if noun else None
        return Watts(self.limit if least is None else min(least, self.limit))

    def phase_limit(self, evse: EvseNumber) -> Amperes | None:
        """Return what an EVSE may give on each phase by what the station was told; None: nothing was said of phases."""
        noun = self.noun
        return phase_limit(noun.limits, evse, self._engine.clock.now(), 1 + len(self._others(evse))) if noun else None

    def _others(self, evse: EvseNumber) -> set[EvseNumber]:
        """At which other EVSEs energy flows, or is to."""
        noun = self.noun
        return {one.evse for one in noun.transfers.values() if one.ended is None} - {evse} if noun else set()

    def _hear(self, *messages: Message, now: datetime) -> None:
        self._engine.hear(messages, now=now)

    # -- what hardware and people do --

    def power_up(self, reason: str = "PowerUp") -> None:
        """Start: say so, look at what is there, and dial."""
        self.powered = True
        now = self._engine.clock.now()
        keep_to(self._engine.known.under_way.get(OwnSettings, self.id, {}), self._engine, self.hardware, self.line)
        left = [self._sampled(evse, now) for evse in self._evses() if self.running(evse) is not None]
        up = PoweredUp(station=self.id, at=now, reason=reason, identity=self.identity, connectors=self.layout)
        self._hear(*left, up, now=now)
        for evse in self._evses():
            if self.hardware.plugged(evse):
                self.plug(evse)
            if self.running(evse) is not None:
                self.hardware.close_contactor(evse, self.offer(evse))
        for fault in self.hardware.faults():
            self.fault(*fault)
        self._choose_way()
        self._post.up()
        self.line.dial()

    def _choose_way(self) -> None:
        """Reach the CSMS by the ways, and in the order, that the station was told (8.3.14)."""
        noun = self.noun
        if noun is not None and noun.networks:
            own = self._engine.known.under_way.get(OwnSettings, self.id, {})
            self.line.go_by(*ways(noun, own.values if own is not None else {}))

    def power_down(self) -> None:
        """Fall silent: no energy, no link."""
        self.powered = False
        self._post.down()
        for evse in self._evses():
            self.hardware.open_contactor(evse)
        self.line.cut()

    def cut_link(self) -> None:
        """Lose the link, but not the power."""
        self.line.cut()

    def mend_link(self) -> None:
        """Have the link back, if there is power."""
        if self.powered:
            self.line.dial()

    def plug(self, evse: int, connector: int = 1) -> None:
        """See an EV come."""
        number, now = EvseNumber(evse), self._engine.clock.now()
        self._hear(
            self._sampled(number, now),
            EvPluggedIn(station=self.id, at=now, evse=number, connector=ConnectorNumber(connector)),
            now=now,
        )

    def unplug(self, evse: int, connector: int = 1) -> None:
        """See an EV go."""
        number, now = EvseNumber(evse), self._engine.clock.now()
        self._hear(
            self._sampled(number, now),
            EvUnplugged(station=self.id, at=now, evse=number, connector=ConnectorNumber(connector)),
            now=now,
        )

    def present(self, evse: int, credential: Credential) -> None:
        """Read a card."""
        number, now = EvseNumber(evse), self._engine.clock.now()
        subject = self._engine.known.ref(credential)
        shown = CredentialPresented(station=self.id, at=now, evse=number, subject=subject)
        self._hear(self._sampled(number, now), shown, now=now)

    def sample(self, evse: int) -> None:
        """Read the meter."""
        now = self._engine.clock.now()
        self._hear(self._sampled(EvseNumber(evse), now), now=now)

    def fault(self, evse: int, code: str, severity: int = 3) -> None:
        """See a fault come, or go with an empty code; 0 is the station as a whole."""
        now, named = self._engine.clock.now(), called(self._engine, self.id, code)
        self._hear(FaultAppeared(station=self.id, at=now, evse=evse, code=named, severity=severity), now=now)

    def feel_grid(self, kind: DerKind, fault: str, *, ended: bool) -> None:
        """See the grid leave what a control says, or come back within it."""
        self.witness(GridAlarmReported(station=self.id, at=self._engine.clock.now(), kind=kind, fault=fault, ended=ended))

    def witness(self, fact: Event) -> None:
        """Hear what another part of the station tells: its payment terminal, its bays for batteries."""
        self._hear(fact, now=self._engine.clock.now())

    def stop(self, evse: int, reason: str, trigger: str = "AbnormalCondition") -> None:
        """End what runs at an EVSE for a reason that the hardware saw; nothing if nothing runs."""
        number, now = EvseNumber(evse), self._engine.clock.now()
        if self.running(number) is not None:
            ended = StopTransfer(station=self.id, evse=number, reason=reason, trigger=trigger)
            self._hear(self._sampled(number, now), ended, now=now)

    def need(self, evse: int, needs: Needs) -> None:
        """Hear what the EV at an EVSE needs."""
        number, now = EvseNumber(evse), self._engine.clock.now()
        reference = self.running(number) or TransferReference("")
        self._hear(NeedsStated(station=self.id, at=now, evse=number, needs=needs, reference=reference), now=now)

    def capped(self, evse: int, caps: dict[str, Watts]) -> None:
        """See what cable, EV and hardware of an EVSE allow, by those names [W]; what is left out allows anything."""
        now = self._engine.clock.now()
        self._hear(EvseCapped(station=self.id, at=now, evse=EvseNumber(evse), caps=caps), now=now)

    def _evses(self) -> list[EvseNumber]:
        return [EvseNumber(number) for number in range(1, len(self.layout) + 1)]

    def _sampled(self, evse: EvseNumber, now: datetime) -> MeterSampled:
        hardware = self.hardware
        readings, state = hardware.readings(evse), hardware.state(evse)
        return MeterSampled(station=self.id, at=now, evse=evse, readings=readings, state=state)

    # -- what the line tells --

    def before(self, messages: Sequence[Message]) -> None:
        """Set the clock if an answer tells the time, and read the meters of what an order, or an answer, may begin or end.

        What is decided next bears the time and the readings of now.
        """
        for message in messages:
            if isinstance(message, RegistrationAnswered | TimeTold):
                self.clock.told(message.now, message.within, self._engine.clock.now(), self.noun, self.hardware)
        for evse in self._evses():
            if any(touches(message, evse, self.running(evse)) for message in messages):
                self.sample(evse)

    def _clock_was_set(self) -> None:
        self._engine.timers.follow(self._engine.stations[self.id])

    def over(self, key: Any, verdict: Verdict) -> None:
        """Go on with the next fact, after a pause where this one did not go through."""
        if key is REQUEST:
            return
        pause = self.outbox.over(verdict)
        if pause:
            self._go_on_in(pause)
        else:
            self.pump()

    def link_changed(self) -> None:
        """Tell what waits, if somebody listens."""
        self._go_on_in(0.0)

    # -- what the use cases say --

    def fact(self, fact: Event, id: int = 0) -> None:
        """Move what follows a fact, and tell it where it is for the CSMS.

        Args:
            fact: durable by now.
            id: its number in the journal, or a lower one; 0 where there is none.
        """
        self._follow(fact)
        if isinstance(fact, FOLLOWED):
            self._post.fact(fact)
        if isinstance(fact, AT_ONCE):
            self.request(fact)
        if isinstance(fact, TOLD):
            self.outbox.put(fact, heard=self.heard, id=id)
            self.pump()

    def _follow(self, fact: Event) -> None:
        match fact:
            case EnergyTransferStarted() if self.powered:
                self.hardware.close_contactor(fact.evse, self.offer(fact.evse))
                self.clock.stand(self._engine.clock.now(), self.noun, self.hardware)
            case LimitInForce() | LimitCleared() | FailSafeEntered() | FailSafeLeft():
                self._keep_to_limits()
            case EnergyTransferEnded():
                self.hardware.open_contactor(fact.evse)
            case ConnectorUnlocked():
                self.hardware.unlock(fact.evse, fact.connector)
            case StationRebooting():
                self.hardware.restart(fact.reason, fact.evse)
            case RegistrationAnswered() if fact.registration is not Registration.PENDING:
                self.line.judged(accepted=fact.registration is Registration.ACCEPTED)
            case VatNumberAnswered() if self.terminal is not None:
                self.terminal(fact)
            case OwnSettingsChanged():
                keep_to(fact.own_settings, self._engine, self.hardware, self.line)

    def _keep_to_limits(self) -> None:
        """Let energy that flows flow up to what may flow now."""
        for evse in self._evses() if self.powered else ():
            if self.running(evse) is not None:
                self.hardware.close_contactor(evse, self.offer(evse))

    def request(self, command: Command | Event) -> None:
        """Ask the CSMS; a request that cannot go now is worth nothing later."""
        self.called(command)

    def called(self, message: Command | Event) -> bool:
        """Tell or ask something that is worth nothing later; False: it cannot go now."""
        try:
            self.line.call(REQUEST, message, REQUEST_WITHIN)
        except Trouble:
            return False
        return True

    @property
    def heard(self) -> bool:
        """Somebody listens: there is a link, and the station is accepted."""
        noun = self.noun
        return self.line.open and noun is not None and noun.registration is Registration.ACCEPTED

    def pump(self) -> None:
        """Tell the next fact, if nothing is under way and no pause is kept."""
        while self._pause is None and self.line.open:
            fact = self.outbox.next(accepted=self.heard)
            if fact is None:
                return
            try:
                self.line.call(FACT, fact, FACT_WITHIN)
            except Unavailable as trouble:
                if trouble.code != "NotNamedYet":  # its start was refused, so it never will be
                    self.outbox.put_back()
                    self._go_on_in(AGAIN)
                    return
                self.outbox.give_up()
            except Trouble:
                self.outbox.give_up()
            else:
                return

    def _go_on_in(self, seconds: float) -> None:
        if self._pause is not None:
            self._pause.cancel()
        wait = self._engine.clock.real(seconds)
        self._pause = asyncio.get_running_loop().call_later(wait, self._go_on)

    def _go_on(self) -> None:
        self._pause = None
        self.pump()


class Controllers:
    """All stations of one engine: facts and requests find theirs."""

    def __init__(self, engine: Engine) -> None:
        """Listen to the engine."""
        self.engine = engine
        self.stations: dict[StationId, Controller] = {}
        self.count = 0
        """Facts in the journal so far, or fewer: a commit that fails skips numbers."""
        engine.send = self._request
        engine.commit.on_durable.append(self._facts)

    def add(self, controller: Controller) -> None:
        """Take a station in."""
        self.stations[controller.id] = controller

    def _facts(self, entries: list[Entry]) -> None:
        for one in entries:
            self.count += 1
            controller = self.stations.get(one.station)
            if controller is not None:
                controller.fact(one.event, self.count)

    def _request(self, command: Command) -> None:
        controller = self.stations.get(command.station)
        if controller is not None:
            controller.request(command)
