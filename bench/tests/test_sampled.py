# SPDX-License-Identifier: Apache-2.0
"""A sample finds the function that was at work, and the notes weigh what was used."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import msgspec
import pytest
from bench.load import build
from bench.rooms import LOOP, by_room
from bench.sampled import PACKAGE, Sampler, Spent, begins, place, where
from bench.subject import SAMPLED, Round, Subject, told

ENOUGH = 50
"""Samples, of which those parts get some in which much time is spent."""

HERE: list[FrameType] = []


def ours(file: str, source: str) -> dict[str, Callable[..., None]]:
    """Functions that seem to stand in a file of ours; `seen` keeps the frame of whoever calls it."""
    space: dict[str, Callable[..., None]] = {"seen": lambda: HERE.append(sys._getframe(1))}
    exec(compile(source, f"{PACKAGE}{file}", "exec"), space)
    return space


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """No frame outlives its test."""
    yield
    HERE.clear()


def test_a_place_is_named_by_file_and_function_and_only_where_it_is_ours() -> None:
    code = ours("wire/a.py", "def work():\n    pass")["work"].__code__
    assert place(code) == "wire/a.py:work"
    assert place(test_a_place_is_named_by_file_and_function_and_only_where_it_is_ours.__code__) == ""


def test_what_is_defined_in_a_function_is_its_own() -> None:
    ours("wire/a.py", "class A:\n    def work(self):\n        [seen() for _ in '1']\nA().work()")
    assert place(HERE[0].f_code) == "wire/a.py:work"


def test_the_innermost_of_ours_is_found_and_the_other_file_that_led_to_it() -> None:
    inner = ours("store/codec.py", "def encode(): deeper()\ndef deeper(): foreign()")
    inner["foreign"] = lambda: HERE.append(sys._getframe())
    outer = ours("store/writer.py", "def write(encode): encode()")
    outer["write"](inner["encode"])
    assert where(HERE[0]) == ("store/codec.py:deeper", "store/writer.py:write")


def test_without_one_of_ours_nothing_is_named() -> None:
    assert where(sys._getframe()) == ("", "")
    assert where(None) == ("", "")


def test_a_function_called_this_instant_has_used_nothing_yet() -> None:
    caller = ours("runtime/a.py", "def call(other): other()")["call"]
    callee = ours("wire/b.py", "def called(): seen()")["called"]
    started: list[tuple[str, str]] = []

    def trace(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is callee.__code__:
            assert frame.f_lasti <= begins(frame.f_code)
            started.append(where(frame))

    sys.setprofile(trace)
    try:
        caller(callee)
    finally:
        sys.setprofile(None)
    assert started == [("runtime/a.py:call", "")]
    assert where(HERE[0])[0] == "wire/b.py:called"


def burn(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_the_notes_hold_all_that_the_process_used(tmp_path: Path) -> None:
    sampler = Sampler(tmp_path / "spent")
    began = time.process_time()
    burn(0.05)
    sampler.note(signal.SIGPROF, None)
    other = threading.Thread(target=burn, args=(0.05,))
    other.start()
    other.join()
    sampler.note(signal.SIGPROF, None)
    sampler.tell()
    used = time.process_time() - began
    sampler.tell()
    first, second = (msgspec.json.decode(line, type=Spent) for line in (tmp_path / "spent").read_bytes().splitlines())
    assert first.samples == 2
    assert first.threads >= 0.05
    assert first.places[0][2] >= 0.05
    assert first.threads + first.places[0][2] == pytest.approx(used, abs=0.03)
    assert (second.places, second.samples) == ([], 0)


def test_a_sampled_csms_serves_and_tells_where_its_time_went(tmp_path: Path) -> None:
    with Subject(SAMPLED, tmp_path / "sampled", build(tmp_path)) as sampled, sampled.fleet("S", 20) as fleet:
        told(sampled)
        found: list[Spent] = []
        rounds: list[Round] = []
        while sum(one.samples for one in found) < ENOUGH:  # a second of a busy machine may hold few
            rounds.append(fleet.run(1))
            found.append(told(sampled))
    assert fleet.faults == 0
    rooms = by_room(found)
    assert {"wire", "runtime", LOOP} <= set(rooms)
    used = sum(one.cpu_us * one.run.results for one in rounds)
    assert sum(rooms.values()) * 1e6 == pytest.approx(used, rel=0.5)
