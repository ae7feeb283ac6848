# SPDX-License-Identifier: Apache-2.0
"""The decide and evolve functions of clause 6.1 played without an engine."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.literal import Ids
from tests.transfers import CS, minute

from open63110.kernel.ids import SessionNumber, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Event, Wake
from open63110.model.policy import Policy
from open63110.model.session import ServiceSession
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer, EnergyTransferStarted, EnergyTransferUpdated, TransferFact
from open63110.usecases.sessions.energy_transfer import USE_CASE, TransferAnswer, csms

POLICY = Policy()


class Journal:
    """What is no longer in memory."""

    def __init__(self) -> None:
        self.transfers: dict[str, EnergyTransfer] = {}
        self.facts: set[tuple[int, int]] = set()

    def transfer(self, station: Any, reference: TransferReference) -> EnergyTransfer | None:
        return self.transfers.get(reference)

    def session(self, number: SessionNumber) -> ServiceSession | None:
        return None

    def heard(self, number: TransferNumber, seq: int) -> bool:
        return (number, seq) in self.facts


class Play:
    """The decide and evolve functions of one CSMS, without an engine."""

    def __init__(self) -> None:
        self.station, self.ids, self.journal = Station(id=CS, connected=minute(0)), Ids(), Journal()

    def hear(self, fact: TransferFact, now: datetime | None = None) -> list[Effect]:
        now = now or fact.at
        if isinstance(fact, EnergyTransferStarted):
            return self.take(csms.hear_started(fact, self.station, now, self.ids, POLICY))
        if isinstance(fact, EnergyTransferUpdated):
            return self.take(csms.hear_updated(fact, self.station, now, self.ids, POLICY, self.journal))
        return self.take(csms.hear_ended(fact, self.station, now, self.ids, POLICY, self.journal))

    def take(self, effects: Iterable[Effect]) -> list[Effect]:
        done = list(effects)
        for effect in done:
            if isinstance(effect, Event) and type(effect) in USE_CASE.evolve:
                self.station = USE_CASE.evolve[type(effect)](effect, self.station)
        return done

    def __getitem__(self, reference: str) -> EnergyTransfer:
        return self.station.transfers[TransferReference(reference)]


def answer(effects: list[Effect]) -> TransferAnswer:
    [found] = [one for one in effects if isinstance(one, TransferAnswer)]
    return found


def facts(effects: list[Effect]) -> list[Event]:
    return [one for one in effects if isinstance(one, Event)]


def names(effects: list[Effect], *, set_: bool = True) -> list[str]:
    return [one.name for one in effects if isinstance(one, Wake) and (one.command is not None) is set_]
