# SPDX-License-Identifier: Apache-2.0
"""Annex B.19 and B.21: a second client of the link, for Node.js and written from the specification alone, meets the real CSMS."""

import asyncio
import contextlib
import fcntl
import json
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.clients.door import CARD, Operator
from tests.process import CsmsProcess

from open63110.kernel.roles import Role
from open63110.model.transfer import EnergyTransferUpdated
from open63110.pki.authority import Wish
from open63110.pki.folder import Folder
from open63110.pki.identity import Party

ROOT = Path(__file__).parents[3]
SOURCE, BUILD, SPECIFICATION = Path(__file__).with_name("link_js"), ROOT / "build" / "link_js", ROOT / "docs" / "bindings"
CLIENT = ("codec.js", "session.js", "station.js")
CSMS, STATION = "csms.example", "JS-1"
IDENTITY_MISMATCH, UNSUPPORTED_VERSION, UNSUPPORTED_EXTENSION = 6, 4, 5
EXPIRED, CANCELLED, UNKNOWN_ADDRESS, UNKNOWN_TYPE = 32, 33, 36, 37
EVENT, LIMIT, START, STOP, LOCAL_LIST = 7, 16, 24, 26, 32
"""Numbers of messages."""


def node() -> str:
    """Return the program, which has to be there."""
    found = shutil.which("node")
    assert found, "node is not installed; `make test` installs it"
    return found


@pytest.fixture(scope="module")
def client() -> Path:
    """Return the folder with client and what its lock pins, installed once for all workers."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in (*SOURCE.glob("*.js"), SOURCE / "package.json"):
            shutil.copy(path, BUILD)
        pinned, installed = SOURCE / "package-lock.json", BUILD / "package-lock.json"
        if not installed.exists() or installed.read_bytes() != pinned.read_bytes():
            installed.unlink(missing_ok=True)
            (BUILD / "wanted").mkdir(exist_ok=True)
            for path in (SOURCE / "package.json", pinned):
                shutil.copy(path, BUILD / "wanted")
            npm = ("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
            subprocess.run(npm, cwd=BUILD / "wanted", check=True, stdin=subprocess.DEVNULL, timeout=120)
            shutil.rmtree(BUILD / "node_modules", ignore_errors=True)
            (BUILD / "wanted" / "node_modules").rename(BUILD / "node_modules")
            shutil.copy(pinned, installed)
    return BUILD


class Second:
    """A station of the second client, led from here."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Lead a process."""
        self._process, self._happened = process, list[dict[str, Any]]()

    async def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        text = await asyncio.wait_for(self._process.stdout.readline(), 30)
        assert text, (await self._process.stderr.read()).decode()
        said: dict[str, Any] = json.loads(text)
        return said

    async def _answer(self, name: str, given: tuple[Any, ...]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([name, *given]).encode() + b"\n")
        while "at" in (said := await self._line()):
            self._happened.append(said)
        return said

    async def do(self, name: str, *given: Any) -> Any:
        """Lead it a step, which has to work."""
        said = await self._answer(name, given)
        assert "failed" not in said, (name, given, said)
        return said["said"]

    async def tries(self, name: str, *given: Any) -> None:
        """Lead it a step of which the other end thinks what it thinks."""
        await self._answer(name, given)

    async def fails(self, name: str, *given: Any) -> Any:
        """Lead it a step that must not work; return the code of the error, or what else stopped it."""
        said = await self._answer(name, given)
        assert "failed" in said, (name, given, said)
        return said["failed"]

    async def at(self, place: str, **more: Any) -> dict[str, Any]:
        """Wait until something has happened, and take it."""
        while True:
            for one in self._happened:
                if one["at"] == place and more.items() <= one.items():
                    self._happened.remove(one)
                    return one
            said = await self._line()
            assert "at" in said, said
            self._happened.append(said)


class House:
    """The real CSMS with a listener for links, an authority, and stations of the second client."""

    def __init__(self, folder: Path, client: Path) -> None:
        """Make the authority and the CSMS."""
        self.folder, self.client, self.authority = folder, client, Folder(folder / "pki")
        self.authority.make("A site", [], now())
        given = self.give(CSMS, Role.CSMS)
        listener = {
            "kind": "link",
            "host": "127.0.0.1",
            "port": 0,
            "certificate": str(given / "certificate.pem"),
            "key": str(given / "key.pem"),
            "client_authorities": str(given / "authority.pem"),
        }
        self.csms = CsmsProcess(folder, listeners={"link": listener}).init()

    def give(self, identity: str, role: Role = Role.STATION, authority: Folder | None = None) -> Path:
        """Give somebody a certificate; return the folder with it."""
        names = ("localhost",) if role is Role.CSMS else ()
        wish = Wish(party=Party(identity, role), server_names=names)
        return (authority or self.authority).issue(wish, now()).certificate.parent

    @contextlib.asynccontextmanager
    async def second(self, given: Path | None = None) -> AsyncIterator[Second]:
        """Start a station; what it keeps stays for the next."""
        station = given or self.folder / "pki" / "parties" / STATION
        if not station.exists():
            self.give(STATION)
        url, kept = f"wss://localhost:{self.csms.ports['link']}/link", self.folder / "second.cbor"
        process = await asyncio.create_subprocess_exec(
            *(node(), str(self.client / "led.js"), url, STATION, str(station), str(kept)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            yield Second(process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()

    def told(self) -> list[int]:
        """Return the numbers of all updates of transfers that the CSMS keeps."""
        return [fact.seq for fact in self.csms.journal(STATION) if isinstance(fact, EnergyTransferUpdated)]


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@pytest.fixture
def house(tmp_path: Path, client: Path) -> Iterator[House]:
    """A house whose CSMS runs."""
    made = House(tmp_path, client)
    with made.csms:
        yield made
        made.csms.stop()


@pytest.fixture
async def operator(house: House) -> Operator:
    """Somebody at its REST door, who knows Anna's card."""
    made = Operator(house.csms)
    await made.ask("tokens/put", {"token": CARD})
    return made


def reading(reference: str, seq: int) -> tuple[int, dict[str, Any]]:
    """Return an update with a register reading, as `queue` takes it."""
    at = int(time.time() * 1000)
    return 2, {"2": at, "3": reference, "4": seq, "5": 1, "11": [[0, [1], [1_000_000 + 100 * seq]]]}


def test_the_client_stays_small() -> None:
    lines = [line for name in CLIENT for line in (SOURCE / name).read_text(encoding="utf-8").splitlines()]
    assert len([line for line in lines if line.strip() and not line.strip().startswith(("//", "/**"))]) <= 400


@pytest.mark.at("AT-B.21-1", "link")
@pytest.mark.at("AT-B.19-1", "link")
def test_every_published_vector_means_the_same_to_the_second_client(client: Path) -> None:
    program = (node(), str(client / "vectors.js"), str(SPECIFICATION))
    found = json.loads(subprocess.run(program, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=30).stdout)
    frames = json.loads((SPECIFICATION / "vectors" / "frames.json").read_text(encoding="utf-8"))
    messages = json.loads((SPECIFICATION / "vectors" / "messages.json").read_text(encoding="utf-8"))
    name = {one["frame"] for one in found["frames_again"]}
    assert name == {"HELLO", "DATA", "DELIVERED", "CREDIT", "NACK", "CANCEL", "PING", "PONG"}
    assert [one["means"] | {"frame": ""} for one in found["frames"]] == [one["means"] | {"frame": ""} for one in frames["frames"]]
    assert found["frames_again"] == [one["means"] for one in found["frames"]]
    assert [one["means"] for one in found["headers"]] == [one["means"] for one in frames["headers"]]
    assert [one["means"] for one in found["ignored"]] == [None, {"frame": "CREDIT", "bytes": 10}]
    assert [one["code"] for one in found["refused"]] == [1] * len(frames["refused"])
    assert [one["means"] for one in found["messages"]] == [next(iter(one["form"].values())) for one in messages["vectors"]]


@pytest.mark.at("AT-B.19-1", "link")
async def test_the_second_client_is_a_station_and_the_csms_keeps_one_exact_record(house: House, operator: Operator) -> None:
    async with house.second() as station:
        await station.do("connect")
        assert (await station.do("boot"))["1"] == 3
        await station.do("connector", 0)
        assert (await station.do("authorize", "NOBODY"))["1"] == 9
        assert (await station.do("authorize", "ANNA"))["1"] == 0
        await station.do("connector", 1)
        assert (await station.do("start", "T-1", "ANNA", 10_000))["1"] == "T-1"
        await station.do("reading", "T-1", 1, 10_500)
        await station.do("stop", "T-1", 2, 12_000)
        await station.do("connector", 0)
        clock = await station.do("clock")
        assert abs(clock["offset"]) <= clock["error"]
        await operator.judge(STATION, [2_000.0])
    assert len((await operator.ask(f"sessions?station={STATION}"))["items"]) == 1
    assert (await operator.ask(f"stations/{STATION}"))["wire"] == "iec63110.link.v1"


@pytest.mark.at("AT-B.19-1", "link")
async def test_the_second_client_answers_remote_starts_and_limits(house: House, operator: Operator) -> None:
    async with house.second() as station:
        await station.do("connect")
        await station.do("boot")
        await station.do("connector", 0)
        order = await operator.ask(f"stations/{STATION}/sessions/start", {"subject": CARD, "evse": 1})
        assert order["outcome"] == "accepted"
        asked = await station.at("heard", type=START)
        await station.do("start", "T-1", "ANNA", 10_000, asked["6"])
        order = await operator.ask(f"stations/{STATION}/limit", {"evse": 1, "limit": 4140.5})
        assert (order["outcome"], order["replies"][0]["limit"]) == ("accepted", 4140.5)
        assert (await station.at("heard", type=LIMIT))["3"] == [-1, 41405]
        order = await operator.ask(f"stations/{STATION}/sessions/stop", {"reference": "T-1"})
        assert order["outcome"] == "accepted"
        assert (await station.at("heard", type=STOP))["2"] == "T-1"
        await station.do("stop", "T-1", 1, 13_000)
        await station.do("connector", 0)
        _, said = await asyncio.to_thread(house.csms.rest, "POST", f"/api/v1/stations/{STATION}/reboot", {"mode": "on-idle"})
        assert said["order"]["reason"] == "NotSupported"
        await operator.judge(STATION, [3_000.0])


@pytest.mark.at("AT-B.19-1", "link")
async def test_what_was_told_over_cuts_and_a_crash_is_kept_once(house: House, operator: Operator) -> None:
    async with house.second() as station:
        await station.do("connect")
        await station.do("boot")
        await station.do("start", "T-1", "ANNA", 1_000)
        for first in (1, 21):
            for seq in range(first, first + 10):
                await station.do("queue", *reading("T-1", seq))
            await station.do("cut")  # what was confirmed is not known here
            for seq in range(first + 10, first + 20):
                await station.do("queue", *reading("T-1", seq))
            await station.do("connect")
        await station.do("cut")
        await station.do("queue", *reading("T-1", 41))
    async with house.second() as station:  # killed, and started again on the same outbox
        assert await station.do("waiting") >= 1
        await station.do("connect")
        await station.do("stop", "T-1", 42, 5_200)
        await station.do("connector", 0)
        assert await station.do("waiting") == 0
        await operator.judge(STATION, [4_200.0])
    assert house.told() == list(range(1, 42))


@pytest.mark.at("AT-B.19-1", "link")
async def test_long_messages_go_in_pieces_both_ways_and_can_be_taken_back(house: House, operator: Operator) -> None:
    async with house.second() as station:
        await station.do("connect")
        await station.do("boot")
        event = {"2": int(time.time() * 1000), "3": "Controller", "8": "x" * 60_000}
        await station.do("say", EVENT, event, {"priority": 3})  # more than a window: goes on credit alone
        back = await station.do("queue", EVENT, event, {"priority": 3})
        await station.do("cancel", back)
        assert (await station.at("refused", id=back))["code"] == CANCELLED
        urgent = [await station.do("queue", EVENT, event | {"3": name}, {"priority": 3, "about": name}) for name in "abc"]
        await station.do("say", 12, {}, {"priority": 1})
        assert await station.do("waiting") > 0  # it went before them
        for one in urgent:
            await station.at("delivered", id=one)
        for number in range(300):
            await operator.ask("tokens/put", {"token": {"kind": "ISO14443", "value": f"{number:020}"}})
        order = await operator.ask(f"stations/{STATION}/send-local-list", {"version": 5})
        assert (order["outcome"], order["reason"]) == ("accepted", "NoError")
        assert (await station.at("heard", type=LOCAL_LIST))["size"] > 5_000
        assert (await operator.ask("quarantine"))["items"] == []


async def test_what_is_late_unknown_or_not_understood_is_refused_with_its_code(house: House, operator: Operator) -> None:
    async with house.second() as station:
        await station.do("connect")
        await station.do("boot")
        past = int(time.time() * 1000) - 1
        assert await station.fails("say", 12, {}, {"deadline": past}) == EXPIRED
        assert await station.fails("say", 12, {}, {"dst": "/nowhere/else"}) == UNKNOWN_ADDRESS
        assert await station.fails("say", 999, {}, {}) == UNKNOWN_TYPE
        assert (await operator.ask("quarantine"))["items"] == []


@pytest.mark.at("AT-B.14-2", "link")
async def test_a_critical_extension_that_is_not_understood_refuses_its_message(house: House, operator: Operator) -> None:
    async with house.second() as station:
        await station.do("connect")
        await station.do("boot")
        await station.do("connector", 0)
        occupied = {"2": int(time.time() * 1000), "3": 1, "4": 1, "5": 1}
        assert await station.fails("extended", True, 6, occupied) == UNSUPPORTED_EXTENSION
        shown = (await operator.ask(f"stations/{STATION}"))["evses"]["1"]["connectors"]["1"]
        assert shown["state"] == "available"
        await station.do("extended", False, 6, occupied)
        await station.do("connector", 1)
        shown = (await operator.ask(f"stations/{STATION}"))["evses"]["1"]["connectors"]["1"]
        assert shown["state"] == "occupied"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"identity": "JS-2"}, IDENTITY_MISMATCH),
        ({"versions": [[7, 0]]}, UNSUPPORTED_VERSION),
    ],
)
async def test_a_greeting_that_does_not_fit_ends_the_link_with_its_code(house: House, more: dict[str, Any], code: int) -> None:
    async with house.second() as station:
        await station.do("set", more)
        await station.tries("connect")
        ended = await station.at("ended")
        assert (ended["by"], ended["code"]) == ("them", code)


async def test_a_critical_extension_of_the_greeting_ends_the_link(house: House) -> None:
    async with house.second() as station:
        await station.do("greet_with", True)
        await station.tries("connect")
        ended = await station.at("ended")
        assert (ended["by"], ended["code"]) == ("them", UNSUPPORTED_EXTENSION)
        await station.do("greet_with", False)
        await station.do("connect")


async def test_a_certificate_of_another_authority_or_role_does_not_get_in(house: House, tmp_path: Path) -> None:
    other = Folder(tmp_path / "other")
    other.make("Another site", [], now())
    strange = house.give(STATION, authority=other)
    shutil.copy(house.folder / "pki" / "authority.pem", strange / "authority.pem")  # it trusts the CSMS, not the reverse
    meter = house.give("M-1", Role.METER)
    for given in (strange, meter):
        async with house.second(given) as station:
            await station.do("set", {"identity": "M-1" if given is meter else STATION})
            await station.tries("connect")
            assert (await station.at("ended"))["by"] in {"carrier", "them"}
    assert house.csms.journal(STATION) == []
