# SPDX-License-Identifier: Apache-2.0
"""Which room of the house a sampled function belongs to."""

from collections import defaultdict
from collections.abc import Iterable

from bench.sampled import Spent

LOOP = "event loop and kernel"
COMMIT = "commit thread"
FACTS, ROWS, STORE = "store: facts", "store: rows", "store: the rest"
FOLDERS = {
    "apps/process.py": LOOP,
    "cli/": LOOP,
    "kernel/journal.py": FACTS,
    "wire/": "wire",
    "bindings/ocpp/": "bindings/ocpp: decode and translate",
    "bindings/web/": "bindings/web",
    "runtime/": "runtime",
    "usecases/": "use cases, flows, model",
    "flows/": "use cases, flows, model",
    "model/": "use cases, flows, model",
    "kernel/": "use cases, flows, model",
    "planner/": "use cases, flows, model",
    "store/frames.py": "frames log",
    "store/": STORE,
}
"""The first that fits."""
WRITERS = {
    "_write_entries": FACTS,
    "_note_stretches": FACTS,
    "_learn": FACTS,
    "_write_nouns": ROWS,
    "_rewrite": ROWS,
    "_remove": ROWS,
}
"""Functions of store/writer.py; what they call in other files of the store is theirs."""


def room(inner: str, outer: str) -> str:
    """Tell the room of a place, as sampled.py names it; `outer` is the place that led to it."""
    if not inner:
        return LOOP
    if inner.startswith("store/"):
        for one in (inner, outer):
            file, _, name = one.partition(":")
            if file == "store/writer.py" and name in WRITERS:
                return WRITERS[name]
    return next((name for folder, name in FOLDERS.items() if inner.startswith(folder)), "everything else")


def by_room(spent: Iterable[Spent]) -> dict[str, float]:
    """Add up seconds by room, dearest first."""
    total: defaultdict[str, float] = defaultdict(float)
    for one in spent:
        total[COMMIT] += one.threads
        for inner, outer, seconds in one.places:
            total[room(inner, outer)] += seconds
    return dict(sorted(total.items(), key=lambda one: -one[1]))
