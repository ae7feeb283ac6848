# SPDX-License-Identifier: Apache-2.0
"""A CSMS and a station on the real engine, for what they decide about firmware."""

from datetime import datetime, timedelta
from typing import Any

from tests.literal import T0, Clock, Ids

from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Command, Message
from open63110.kernel.roles import Role
from open63110.model.firmware import (
    FirmwareImage,
    FirmwareState,
    FirmwareUpdate,
    PublicationState,
)
from open63110.model.policy import Policy, StationPolicy
from open63110.model.station import Identity, Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Where
from open63110.runtime.engine import Engine
from open63110.runtime.rows import TurnRows
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore
from open63110.usecases.stations.reboot_station import USE_CASE as REBOOT
from open63110.usecases.stations.update_firmware import (
    USE_CASE,
    FirmwareTold,
)

CS, NOBODY = StationId("CS-1"), StationId("")
S, P = FirmwareState, PublicationState
SHA = "ab" * 32
IMAGE = FirmwareImage(
    id="fw-2",
    vendor="Maker",
    models=("Duo",),
    version="2",
    size=9,
    sha256=SHA,
    md5="cd" * 16,
    signature="c2ln",
    certificate="PEM",
    uploaded=T0,
)
SIGNED: dict[str, Any] = {"location": "https://x/y", "signature": "c2ln", "certificate": "PEM", "request": 5}


class Judge:
    """Says of every signer the same."""

    def __init__(self, verdict: str = "") -> None:
        self.verdict = verdict

    def judge(self, certificate: str, now: datetime) -> str:
        """Say it."""
        del certificate, now
        return self.verdict


class Party:
    """One end, on the real engine."""

    def __init__(self, role: Role, policy: Policy | None = None, **station: Any) -> None:
        self.clock = Clock()
        rules = policy or (StationPolicy() if role is Role.STATION else Policy())
        self.engine = Engine(role, Table([USE_CASE, REBOOT]), MemoryStore(), self.clock, Ids(), rules)
        self.engine.signers = Judge()
        self.sent: list[Command] = []
        self.engine.send = self.sent.append
        identity = Identity(vendor="maker", model="Duo", firmware="1")
        fields: dict[str, Any] = {"registration": Registration.ACCEPTED, "connected": T0, "identity": identity} | station
        self.engine.stations[CS] = Station(id=CS, **fields)
        if role is Role.CSMS:
            self.engine.known.keep("firmware_image", IMAGE.id, IMAGE)

    @property
    def station(self) -> Station:
        return self.engine.stations[CS]

    def say(self, *messages: Message) -> list[Any]:
        """Decide, and return the replies; trouble is raised."""
        replies: list[Any] = []
        trouble = self.engine.hear(messages, lambda said: replies.extend(said if isinstance(said, (list, tuple)) else ()))
        if trouble is not None:
            raise trouble
        assert self.engine.commit.batch.facts is not None  # every fact can be written
        return replies

    def after(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.at += timedelta(seconds=seconds)

    def rows(self, noun: Any, *where: Where) -> list[Any]:
        return TurnRows(self.engine.known.under_way, {}).load(noun, *where)

    def update(self, request: int) -> FirmwareUpdate:
        (found,) = self.rows(FirmwareUpdate, Where("key", "=", f"{CS}:{request}"))
        assert isinstance(found, FirmwareUpdate)
        return found

    def facts(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.engine.commit.batch.facts if type(one) is kind]

    def told(self, *done: Any, trouble: str = "") -> None:
        for one in done:
            self.say(FirmwareTold(station=CS, at=self.clock.at, request=5, done=one, trouble=trouble))


def charging() -> dict[TransferReference, EnergyTransfer]:
    reference = TransferReference("t")
    return {reference: EnergyTransfer(station=CS, number=TransferNumber(1), reference=reference, evse=EvseNumber(1), began=T0)}
