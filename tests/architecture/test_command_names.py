# SPDX-License-Identifier: Apache-2.0
"""Commands are written down by the names of their classes, so no two may have one, not even what several begin with."""

from collections import Counter
from collections.abc import Iterator

from open63110.kernel.messages import Command
from open63110.runtime.table import discover


def commands(kind: type[Command] = Command) -> Iterator[type[Command]]:
    """Every command of ours, and what commands begin with."""
    for one in kind.__subclasses__():
        if one.__module__.startswith("open63110.") and ".tests" not in one.__module__:
            yield one
        yield from commands(one)


def test_no_two_commands_have_one_name() -> None:
    discover()
    found = Counter(one.__name__ for one in set(commands()))
    assert len(found) > 100
    assert [name for name, count in found.items() if count > 1] == []
