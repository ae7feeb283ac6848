# SPDX-License-Identifier: Apache-2.0
"""The table of the planner: one module of this package per part, read in only when it is measured."""

from collections.abc import Callable, Collection
from importlib import import_module
from pathlib import Path

import msgspec

from bench.figure import Figure


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a part is told."""

    folder: Path
    """For what it needs to write down."""
    short: bool = False
    """Whether the whole table shall take less than a minute."""
    sessions: Path | None = None
    """Real sessions to replay; None: those in ../shared/data where they are."""


PARTS = ("continuous", "quantised", "profit", "fill", "portfolio", "dso")
"""What can be measured by itself, in the order of the table: modules of this package with a function ``measure``."""


def planner(asked: Asked, parts: Collection[str] = ()) -> list[Figure]:
    """Measure everything, or the parts that are named."""
    return [figure for name in PARTS if not parts or name in parts for figure in _measure(name)(asked)]


def _measure(name: str) -> Callable[[Asked], list[Figure]]:
    measure: Callable[[Asked], list[Figure]] = import_module(f"bench.planner.{name}").measure
    return measure
