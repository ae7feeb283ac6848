# SPDX-License-Identifier: Apache-2.0
"""Sessions made up in the likeness of a garage at work, and where real ones are found."""

import numpy as np

from bench.planner.caltech import VOLTS, Sessions, read
from bench.planner.replay import SLOT_WH
from bench.planner.table import Asked
from bench.server import ROOT
from open63110.planner.network import Network

DAY = 288
"""Slots."""
SESSIONS = "caltech_2019-03.csv"


def real(asked: Asked, network: Network) -> Sessions | None:
    """Return the sessions that were asked for, or those beside the repository; None: there are none."""
    near = (one / "shared" / "data" / SESSIONS for one in (ROOT, *ROOT.parents))
    path = asked.sessions or next((one for one in near if one.is_file()), None)
    return None if path is None else read(path, network)


def made(network: Network, days: int, seed: int = 7, busy: int = 34) -> Sessions:
    """Return visits of some days, about `busy` a day: most come in the morning and stay for the day, some come at noon."""
    chance = np.random.default_rng(seed)
    rows = []
    for day in range(days):
        free = chance.permutation(len(network.points))[:busy]
        late = chance.random(len(free)) < 0.25
        hour = np.where(late, chance.normal(13.5, 1.5, len(free)), chance.normal(8.8, 1.2, len(free))).clip(6.0, 18.0)
        stay = np.where(late, chance.gamma(4.0, 0.7, len(free)), chance.gamma(9.0, 0.9, len(free))).clip(0.4, 13.0)
        energy = np.minimum(chance.gamma(1.8, 5.2, len(free)) + 0.5, 6.5 * stay)
        rows.append(np.stack((free, day * DAY + hour * 12, day * DAY + (hour + stay) * 12, energy * 1000), axis=1))
    found = np.concatenate(rows)
    found = found[np.argsort(found[:, 1], kind="stable")]
    arrival = found[:, 1].astype(np.intp)
    departure = np.maximum(found[:, 2].astype(np.intp), arrival + 1)
    most = np.full(len(found), 6600.0 / VOLTS)
    return Sessions(
        point=found[:, 0].astype(np.intp),
        arrival=arrival,
        departure=departure,
        energy=np.minimum(found[:, 3], most * SLOT_WH * (departure - arrival)),
        most=most,
    )
