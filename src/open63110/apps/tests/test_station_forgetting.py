# SPDX-License-Identifier: Apache-2.0
"""What a station is to forget is off its disk before it answers; what cannot go yet, or at all, is said (8.3.12, 8.3.13)."""

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.literal import T0, Clock

from open63110.apps.ids import StoredIds
from open63110.apps.station_config import StationConfig, Upwards
from open63110.apps.station_disk import Begun, disk_of
from open63110.apps.station_folder import JOURNAL, OUTBOX, WIPE
from open63110.apps.station_forgetting import Forgetting, ForgettingEngine, finish
from open63110.kernel.errors import Refused, Trouble, Unavailable
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.deregistration import Wipe
from open63110.model.own_device import OwnSettings, OwnSettingsChanged
from open63110.model.rotation import SECRET
from open63110.model.station import StationConnected
from open63110.model.token import Credential, Subject
from open63110.model.transfer import EnergyTransfer
from open63110.runtime.engine import Turn
from open63110.runtime.table import discover
from open63110.store.frames import DailyFrames
from open63110.store.outbox import OutboxFile
from open63110.store.sqlite import SqliteStore
from open63110.usecases.services.authorize_locally import ClearAuthorizationCache
from open63110.usecases.stations.delete_information import AskCustomerInformation
from open63110.usecases.stations.deregister_station import StationWiped, WipeStation

TABLE = discover()
CS = StationId("CS-9")
CARD = Credential(kind="ISO14443", value="ANNA-CARD-4711")


class Program:
    """A station program without hardware and without a line."""

    def __init__(self, folder: Path) -> None:
        self.untold: set[str] = set()
        self.config = StationConfig(
            id=CS,
            data=str(folder / "data"),
            csms=Upwards(wire="link", certificate=str(folder / "certificate.pem"), key=str(folder / "key.pem")),
        )
        self.data = folder / "data"
        (self.data / "logs").mkdir(parents=True)
        self.key = folder / "key.pem"
        for name in ("certificate.pem", "key.pem"):
            (folder / name).write_text(f"{name} of the first owner")
        self.store = SqliteStore(self.data / JOURNAL)
        ids = StoredIds(self.store)
        self.engine = ForgettingEngine(Role.STATION, TABLE, self.store, Clock(T0), ids, self.config.policy, linger=0.0)
        self.frames = DailyFrames(self.data / "frames", self.engine.clock)
        self.outbox = OutboxFile(self.data / OUTBOX)
        disk = disk_of(self.config, self.frames, self.outbox)
        self.engine.forgetting = Forgetting(self.engine, CS, disk, self.untold.__contains__, lambda: None)
        self.ref = self.engine.known.ref(CARD)

    async def ordered(self, command: Command) -> Any:
        """Return what a CSMS is answered."""
        answered = asyncio.get_running_loop().create_future()
        self.engine.hear((command,), answered.set_result)
        async with asyncio.timeout(30):
            return await answered

    def naming(self, word: str = CARD.value) -> list[str]:
        """The files in which somebody is named, frames aside."""
        found = [one for one in self.data.rglob("*") if one.is_file() and one.suffix != ".frames"]
        return [one.name for one in found if word.encode() in one.read_bytes()]

    async def transfers(self) -> None:
        """Let Anna have charged."""
        self.engine.commit.batch.puts["transfer", 1] = EnergyTransfer(
            station=CS,
            number=TransferNumber(1),
            reference=TransferReference("r"),
            evse=EvseNumber(1),
            subject=self.ref,
            began=T0,
            ended=T0,
        )
        await self.engine.commit.drain()


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    one = Program(tmp_path)
    work = asyncio.create_task(one.engine.commit.run())
    one.engine.hear((StationConnected(station=CS, at=T0, wire="link"),))
    await one.engine.commit.drain()
    yield one
    await one.engine.commit.drain()
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work
    one.outbox.close()
    one.store.close()


CLEAR = AskCustomerInformation(station=CS, subject=SubjectRef(""), report=False, clear=True, request=1)


async def test_what_is_not_told_yet_keeps_a_customer_from_being_forgotten(program: Program) -> None:
    await program.transfers()
    clear = msgspec.structs.replace(CLEAR, subject=program.ref)
    program.untold.add("r")
    refused = await program.ordered(clear)
    assert isinstance(refused, Refused)
    assert refused.code == "NotToldYet"
    assert program.engine.known.credential(program.ref) == CARD

    program.untold.clear()
    outbox = program.outbox.outbox("csms")
    outbox.put([(1, b"a fact of " + CARD.value.encode())])
    assert (await program.ordered(clear)).code == "NotToldYet"
    outbox.delivered([1])
    assert not isinstance(await program.ordered(clear), Trouble)
    assert program.engine.known.credential(program.ref) is None
    assert program.naming() == []


async def test_logs_lose_a_name_in_their_place_and_frames_too(program: Program) -> None:
    log = program.data / "logs" / "diagnostics.log"
    log.write_text(f'{{"at":"x","who":"{CARD.value}"}}\n')
    size = log.stat().st_size
    program.frames.note(CS, f'{{"idTag":"{CARD.value}"}}'.encode(), sent=False)
    assert not isinstance(await program.ordered(msgspec.structs.replace(CLEAR, subject=program.ref)), Trouble)
    assert program.naming() == []
    assert log.stat().st_size == size
    assert [one.text for one in await program.frames.recent(CS, 10)] == ['{"idTag":"**************"}']


async def test_by_ocpp_16_whoever_it_has_no_reason_to_know_is_forgotten_with_the_cache(program: Program) -> None:
    clear = ClearAuthorizationCache(station=CS)
    await program.transfers()
    await program.ordered(clear)
    assert program.naming() != []  # over a link it is said whom to forget
    program.engine.hear((StationConnected(station=CS, at=T0, wire="ocpp1.6"),))
    assert not isinstance(await program.ordered(clear), Trouble)
    assert program.naming() == []


async def test_a_part_of_the_disk_that_does_not_write_is_the_answer(program: Program, tmp_path: Path) -> None:
    sleep = shutil.which("sleep")
    assert sleep is not None
    shutil.copy(sleep, program.key)
    with subprocess.Popen([program.key, "60"]) as busy:  # noqa: ASYNC220 - it begins at once, and nobody waits for it
        try:
            refused = await program.ordered(WipeStation(station=CS))
        finally:
            busy.kill()
    assert isinstance(refused, Refused)
    assert refused.code == "WipeFailed"
    assert "key.pem: Text file busy" in refused.message
    assert not (tmp_path / "certificate.pem").exists()
    assert not (program.data / WIPE).exists()
    assert program.naming() == []


async def test_a_wipe_takes_along_the_secret_that_a_csms_has_set(program: Program) -> None:
    own = OwnSettings(station=CS, values={SECRET: "hunter2-hunter2", "x": "1"}, waiting={SECRET: "hunter3-hunter3"})
    turn = Turn(program.engine, CS, T0)
    turn.fact(OwnSettingsChanged(station=CS, at=T0, own_settings=own))
    turn.keep()
    await program.engine.commit.drain()
    assert program.naming("hunter2") != []
    kept = WipeStation(station=CS, wipe=Wipe(credentials=False, keys=False, personal=False))
    assert not isinstance(await program.ordered(kept), Trouble)
    assert program.naming("hunter2") != []
    assert program.key.exists()
    assert not isinstance(await program.ordered(WipeStation(station=CS)), Trouble)
    assert program.naming("hunter2") + program.naming("hunter3") == []
    assert program.store.get(OwnSettings, CS) == OwnSettings(station=CS, values={"x": "1"})


async def test_a_wipe_is_refused_while_energy_flows_and_leaves_no_mark(program: Program) -> None:
    await program.transfers()
    running = program.store.get(EnergyTransfer, 1)
    assert running is not None
    program.engine.known.stations[CS] = msgspec.structs.replace(
        program.engine.known.stations[CS], transfers={running.reference: msgspec.structs.replace(running, ended=None)}
    )
    assert (await program.ordered(WipeStation(station=CS))).code == "TxInProgress"
    assert not (program.data / WIPE).exists()


async def test_a_key_that_was_put_there_since_a_wipe_was_begun_has_another_owner(tmp_path: Path) -> None:
    program = Program(tmp_path)
    program.engine.commit.batch.puts["subject", program.ref] = Subject(ref=program.ref, kind=CARD.kind, value=CARD.value)
    program.store.stage(program.engine.commit.batch, T0)
    await program.store.commit()
    program.outbox.close()
    program.store.close()
    await finish(program.config)  # nothing was begun
    files = {str(program.key): "another digest"}
    (program.data / WIPE).write_bytes(msgspec.json.encode(Begun(wipe=Wipe(), files=files)))
    with pytest.raises(Unavailable) as ended:
        await finish(program.config)
    again = SqliteStore(program.data / JOURNAL)
    assert again.load(Subject) == []
    assert [one.event for one in await again.facts() if isinstance(one.event, StationWiped)]
    again.close()
    assert ended.value.code == "Wiped"
    assert program.key.exists()
    assert program.naming() == []
    assert not (program.data / WIPE).exists()
