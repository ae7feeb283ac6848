# SPDX-License-Identifier: Apache-2.0
"""The process is killed between receipt and acknowledgement of the end of a transaction (7.2.2)."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.e2e.link_house import CSMS_PARTY, Pki, listener
from tests.e2e.link_player import EVERY, AnyPlayer, LinkPlayer
from tests.e2e.player import PATIENCE, Player
from tests.process import OPEN, CsmsProcess

from open63110.kernel.roles import Role
from open63110.kernel.units import WattHours
from open63110.model.sdr import Sdr
from open63110.model.transfer import EnergyTransfer, EnergyTransferEnded

ENDS = {"v16": "StopTransaction", "link": "EnergyTransferEnded"}
"""What says that a transfer has ended, where that is not a TransactionEvent."""
SENDS = "sendto,sendmsg,writev,write"


@pytest.mark.at("AT-7.2.2-2", *EVERY)
@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
@pytest.mark.parametrize("wire", EVERY)
async def test_a_kill_between_receipt_and_acknowledgement_leaves_exactly_one_end(wire: str, moment: str, tmp_path: Path) -> None:
    early = moment == "before the commit"
    ended = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
    pki = Pki(tmp_path / "pki")
    link = msgspec.to_builtins(listener(pki, pki.give(CSMS_PARTY, Role.CSMS, serves=True)))
    with CsmsProcess(tmp_path, linger=1.2 if early else 0.003, listeners={"open": OPEN, "link": link}) as csms:
        cs: AnyPlayer = (
            LinkPlayer(csms.ports["link"], "CS-1", pki.tls("CS-1"))
            if wire == "link"
            else Player(csms.ports["open"], "CS-1", wire)
        )
        await cs.connect()
        assert await cs.boot() == "Accepted"
        await cs.status(1, "Occupied", ended - timedelta(minutes=21))
        await cs.begin(1, "ANNA", 10_000, ended - timedelta(minutes=20))

        with contextlib.nullcontext() if early else answers_held(csms.pid) as tracer:
            acknowledged = asyncio.create_task(cs.end(1, 18_000, ended))
            if early:
                await asyncio.sleep(0.3)  # a quarter of the time until the next commit
            else:
                async with asyncio.timeout(PATIENCE):
                    while not ends(csms):  # noqa: ASYNC110 - the disk tells nobody
                        await asyncio.sleep(0.02)
            assert ends(csms) == (0 if early else 1)
            assert not acknowledged.done()
            os.kill(csms.pid, signal.SIGKILL)
            if tracer is not None:
                tracer.kill()  # it would keep the dead from being buried
            csms.kill()
            with pytest.raises(ConnectionError):
                await acknowledged
        await cs.gone()

        csms.settings["linger"] = 0.003
        csms.start()
        await cs.connect()
        for _ in range(2):  # the station knows nothing of the first time, so it says it again
            assert await cs.repeat() == ENDS.get(wire, "TransactionEvent")
        await cs.status(1, "Available", ended + timedelta(minutes=1))
        await cs.close()
        csms.stop()

        facts = [one.event for one in await csms.facts()]
        assert [one.at for one in facts if isinstance(one, EnergyTransferEnded)] == [ended]
        with csms.store() as store:
            (transfer,), (sdr,) = store.load(EnergyTransfer), store.load(Sdr)
        assert transfer.ended == ended
        assert sdr.energy == WattHours(8_000)


def ends(csms: CsmsProcess) -> int:
    """How many ended transfers are on the disk."""
    with csms.reading() as database:
        return int(database.execute("SELECT count(*) FROM transfer WHERE ended IS NOT NULL").fetchone()[0])


@contextlib.contextmanager
def answers_held(process: int) -> Iterator[subprocess.Popen[str]]:
    """From now on whatever the process sends leaves a minute late."""
    command = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={SENDS}", "-e", f"inject={SENDS}:delay_enter=60000000"]
    with subprocess.Popen([*command, "-p", str(process)], stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        while "attached" not in (line := tracer.stderr.readline()):
            assert line, "strace could not attach"
        yield tracer
