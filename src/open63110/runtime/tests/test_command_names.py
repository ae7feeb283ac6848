# SPDX-License-Identifier: Apache-2.0
"""Orders that wait are rows with the name of their command: no two commands may share one."""

from collections import Counter

from open63110.kernel.messages import Command
from open63110.runtime.table import discover


def every(kind: type[Command]) -> list[type[Command]]:
    return [found for child in kind.__subclasses__() for found in (child, *every(child))]


def test_no_two_commands_have_the_same_name() -> None:
    discover()
    own = [one for one in every(Command) if one.__module__.startswith("open63110.") and ".tests." not in one.__module__]
    twice = [name for name, count in Counter(one.__name__ for one in own).items() if count > 1]
    assert len(own) > 30
    assert twice == []
