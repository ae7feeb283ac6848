# SPDX-License-Identifier: Apache-2.0
"""Kill -9 at any moment under load: nothing acknowledged is missing, nothing is counted twice (I7, I8)."""

import asyncio
import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from tests.process import CsmsProcess

from open63110.model.register import imported
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession
from open63110.model.transfer import (
    ESTIMATED,
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
)
from open63110.ports import StoredFact

LEDGER = Path(__file__).with_name("ledger.py")
KIND = {EnergyTransferStarted: "start", EnergyTransferUpdated: "update", EnergyTransferEnded: "end"}


async def killed(folder: Path, kills: int, seed: int) -> None:
    csms = CsmsProcess(folder, policy={"local_lists": False}, web={"host": "127.0.0.1", "port": 0})
    csms.start()
    csms.kill()
    csms.config.write_text(csms.config.read_text().replace("port = 0", f"port = {csms.ports['open']}", 1))
    plan = {
        "command": [*csms.program, "--config", str(csms.config), "--json"],
        "log": str(csms.log_file),
        "out": str(folder / "book.json"),
        "port": csms.ports["open"],
        "kills": kills,
        "each": 60,
        "seed": seed,
        "enough": 100,
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    command = [sys.executable, str(LEDGER), str(folder / "plan.json")]
    await asyncio.to_thread(subprocess.run, command, check=True, timeout=60 + 20 * kills)
    book = json.loads((folder / "book.json").read_text())
    assert book["faults"] == []
    assert sum(one["counts"] for one in book["kills"]) >= kills
    with csms.store() as store:
        transfers, records = store.load(EnergyTransfer), store.load(Sdr)
        sessions = store.load(ServiceSession)
    judge(book, transfers, records, await csms.facts())
    assert all(one.settled for one in transfers), "something open was left behind"
    assert all(one.settled for one in sessions), "something open was left behind"


def judge(book: dict[str, Any], transfers: list[EnergyTransfer], records: list[Sdr], facts: list[StoredFact]) -> None:
    """Compare what was acknowledged with what is there; ends that were estimated after a repeated boot are ours (I13)."""
    by_name = {(one.station, one.reference): one for one in transfers}
    assert len(by_name) == len(transfers) == len(book["transactions"]), "another number of transfers than of transactions"
    journal: dict[int, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        event = fact.event
        told_by_station = not (isinstance(event, EnergyTransferEnded) and ESTIMATED in event.flags)
        if isinstance(event, EnergyTransferStarted | EnergyTransferUpdated | EnergyTransferEnded) and told_by_station:
            journal[event.number][f"{KIND[type(event)]} {event.at:%Y-%m-%dT%H:%M:%SZ}"] += 1
    billed = Counter((one.station, name) for one in records for name in one.transfers)
    energies = {(one.station, name): one.energy for one in records for name in one.transfers}
    for told in book["transactions"]:
        assert told["ended"], told
        if told["version"] == "1.6":
            assert len(told["names"]) == 1, f"one start, several transactions: {told}"
            told["reference"] = str(told["names"][0])
        name = (told["station"], told["reference"])
        transfer = by_name[name]
        assert journal[transfer.number] == Counter(told["acknowledged"]), f"{name}: the journal differs from the ledger"
        assert imported(transfer) == told["end"] - told["begin"], name
        assert billed[name] == 1, f"{name} is in {billed[name]} records"
        assert energies[name] == told["end"] - told["begin"], name
    assert len(records) == len(book["transactions"]), "a record too many"


@pytest.mark.timeout(240)
async def test_a_dozen_kills_lose_and_double_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Without: group commit before the answer, natural keys, and recovery of open transfers at start."""
    await killed(tmp_path, kills=12, seed=1)


@pytest.mark.soak
async def test_threescore_kills_lose_and_double_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Without: as above."""
    await killed(tmp_path, kills=60, seed=2)
