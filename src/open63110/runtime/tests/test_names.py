# SPDX-License-Identifier: Apache-2.0
"""Commands are kept under their names, so no two may have the same, not even those that others are built on."""

from collections import Counter

from open63110.kernel.messages import Command
from open63110.runtime.table import discover


def test_no_two_commands_of_the_program_are_called_the_same() -> None:
    discover()
    found: list[type[Command]] = []
    todo = [Command]
    while todo:
        todo.extend(kinds := todo.pop().__subclasses__())
        found.extend(kinds)
    ours = {one for one in found if one.__module__.startswith("open63110.") and ".tests." not in one.__module__}
    assert [name for name, many in Counter(one.__name__ for one in ours).items() if many > 1] == []
