# SPDX-License-Identifier: Apache-2.0
"""Disorder, repetition and restarts on a real disk: one record, and nothing left in memory (I7-I9)."""

import random
from pathlib import Path

import pytest
from tests.transfers import Csms, begin, finish, minute, plug, update

from open63110.apps.ids import StoredIds
from open63110.model.transfer import TransferFact
from open63110.store.sqlite import SqliteStore


class OnDisk(Csms):
    """A CSMS whose memory is lost at every restart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__()

    def start(self) -> None:
        self.store = SqliteStore(self.path)
        self.ids = StoredIds(self.store)
        super().start()

    def restart(self) -> None:
        self.write()
        self.store.close()
        self.start()


@pytest.mark.parametrize("seed", range(8))
def test_disorder_repetition_and_restarts_lead_to_one_record(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    facts: list[TransferFact] = [begin(minute(1), 1000.0), finish(minute(9), 2000.0, 7)]
    facts += [update(minute(1 + number), 1000.0 + 100 * number, number, state="charging") for number in range(1, 7)]
    mixed = facts + chance.choices(facts, k=5)
    chance.shuffle(mixed)
    csms = OnDisk(tmp_path / "csms.db")
    csms.clock.at = minute(30)
    for message in (plug(minute(0)), *mixed, plug(minute(20), gone=True)):
        csms.hear(message)
        if chance.random() < 0.4:
            csms.restart()
    for message in chance.choices(facts, k=3):
        csms.restart()
        csms.hear(message)
    assert [one.energy for one in csms.records] == [1000.0]
    assert [one.imported for one in csms.transfer().parts] == [1000.0]
    assert not csms.station.transfers
    assert not csms.station.sessions
    csms.store.close()
