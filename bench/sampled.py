# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.sampled FILE csms --config …`: runs `open63110` and notes where its CPU time goes.

Every SIGUSR2 appends to FILE, as one line of JSON, what was noted since the one before, and begins anew.

A timer of CPU time sends SIGPROF. Python looks for signals between bytecodes only, so a sample that fell into C is seen a
little later: after the call, in the frame that made it, which is where it belongs; or at the first instruction of whatever
C calls back, and then it is taken for the caller's. Only a coroutine that the loop resumes cannot be told from the loop
before it. Each sample weighs what the main thread has used since the one before,
so long stretches of C count in full; what the other threads use is known from the process.
"""

import dis
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path
from types import CodeType, FrameType

import msgspec

import open63110

EVERY = 0.002
"""[s] of CPU time of the process; the kernel may round it up to its own tick."""
PACKAGE = f"{Path(open63110.__file__).parent}/"
DEEPEST = 100
"""Frames looked at."""
_RESUME = dis.opmap["RESUME"]


class Spent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where CPU time went [s]."""

    places: list[tuple[str, str, float]]
    """Of the main thread: the innermost function of ours as folder/file.py:name, the nearest one of another file that led
    to it, seconds; empty names where there was none."""
    threads: float
    """Of all other threads."""
    samples: int


def place(code: CodeType) -> str:
    """Name a function as folder/file.py:name, what is defined in it included; empty unless it is ours."""
    if not code.co_filename.startswith(PACKAGE):
        return ""
    name = code.co_qualname.partition(".<locals>")[0].rpartition(".")[2]
    return f"{code.co_filename[len(PACKAGE) :]}:{name}"


def begins(code: CodeType) -> int:
    """Offset of the instruction at which a call has arrived and nothing is done yet."""
    return next((at for at in range(0, len(code.co_code), 2) if code.co_code[at] == _RESUME), -1)


def where(frame: FrameType | None) -> tuple[str, str]:
    """Find the innermost function of ours that was at work, and the nearest of another file that led to it."""
    if frame is not None and frame.f_lasti <= begins(frame.f_code):
        frame = frame.f_back  # it was called this instant: until now its caller was at work
    inner = ""
    for _ in range(DEEPEST):
        if frame is None:
            break
        here = place(frame.f_code)
        if here and not inner:
            inner = here
        elif here and here.partition(":")[0] != inner.partition(":")[0]:
            return inner, here
        frame = frame.f_back
    return inner, ""


class Sampler:
    """Notes; install it once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._spent: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._samples = 0
        self._process, self._thread = time.process_time(), time.thread_time()
        self._last = self._thread

    def install(self) -> None:
        """Begin to sample."""
        signal.signal(signal.SIGPROF, self.note)
        signal.siginterrupt(signal.SIGPROF, False)
        signal.signal(signal.SIGUSR2, self.tell)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)

    def note(self, _: int, frame: FrameType | None) -> None:
        """Take one sample."""
        now = time.thread_time()
        self._spent[where(frame)] += now - self._last
        self._last = now
        self._samples += 1

    def tell(self, *_: object) -> None:
        """Write what was noted, and begin anew."""
        threads = time.process_time() - self._process - (time.thread_time() - self._thread)
        places = [(inner, outer, seconds) for (inner, outer), seconds in self._spent.items()]
        with self._file.open("ab") as stream:
            stream.write(msgspec.json.encode(Spent(places=places, threads=threads, samples=self._samples)) + b"\n")
        self._begin()

    def _begin(self) -> None:
        self._spent.clear()
        self._samples = 0
        self._process, self._thread = time.process_time(), time.thread_time()
        self._last = self._thread


def main() -> None:
    """Sample `open63110` with the rest of the command line."""
    from open63110.cli import main as command  # noqa: PLC0415 - what it loads is not to be sampled either

    Sampler(Path(sys.argv.pop(1))).install()
    sys.exit(command())


if __name__ == "__main__":
    main()
