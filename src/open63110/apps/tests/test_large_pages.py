# SPDX-License-Identifier: Apache-2.0
"""Memory in large pages."""

import ctypes
import mmap
import re
from pathlib import Path

import pytest

from open63110.apps.large_pages import SIZE, collapse, full, madvise, stretches

MAPS = """\
55d0c0000000-55d0c0400000 r-xp 00000000 fe:00 1234 /usr/bin/python3.11
55d0c1000000-55d0c1500000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000100000 rw-p 00000000 00:00 0
7f0000300000-7f0000900000 rw-p 00000000 00:00 0
7f0001000000-7f0001400000 r--p 00000000 00:00 0
7ffc00000000-7ffc00800000 rw-p 00000000 00:00 0                          [stack]
"""


@pytest.fixture
def memory() -> tuple[mmap.mmap, int]:
    """Eight megabytes of no file, of which nothing is in use, and where they begin."""
    made = mmap.mmap(-1, 4 * SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return made, ctypes.addressof(ctypes.c_char.from_buffer(made))


def places_in(begin: int) -> list[int]:
    """Where large pages could lie in it."""
    own = [place for place in stretches(Path("/proc/self/maps").read_text()) if begin <= place <= begin + 3 * SIZE]
    assert len(own) >= 3
    return own


def test_large_pages_lie_whole_within_memory_that_is_of_no_file() -> None:
    assert [hex(place) for place in stretches(MAPS)] == [
        "0x55d0c1000000", "0x55d0c1200000", "0x7f0000400000", "0x7f0000600000",
    ]  # fmt: skip


def test_memory_that_nobody_uses_is_left_alone(memory: tuple[mmap.mmap, int]) -> None:
    made, begin = memory
    places = places_in(begin)
    assert not list(full(places))
    made[places[1] - begin : places[1] - begin + SIZE] = bytes([7]) * SIZE
    assert list(full(places)) == [places[1]]


def test_what_lies_in_a_large_page_is_what_lay_there_before(memory: tuple[mmap.mmap, int]) -> None:
    made, begin = memory
    made[:] = bytes(range(256)) * (4 * SIZE // 256)
    done = collapse(full(places_in(begin)), madvise())
    assert made[:] == bytes(range(256)) * (4 * SIZE // 256)
    assert huge(begin) >= done * SIZE // 1024


def huge(begin: int) -> int:
    """Large pages of the stretch in which an address lies [kB]."""
    inside, found = False, 0
    for line in Path("/proc/self/smaps").read_text().splitlines():
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line)
        if head:
            inside = int(head[1], 16) <= begin + SIZE < int(head[2], 16)
        elif inside and line.startswith("AnonHugePages:"):
            found += int(line.split()[1])
    return found


def test_where_the_system_has_no_large_pages_none_is_made() -> None:
    assert collapse([SIZE], lambda *_: -1) == 0
