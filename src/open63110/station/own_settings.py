# SPDX-License-Identifier: Apache-2.0
"""What a station was told to be takes effect: in its use cases, its hardware and its line (8.3.4)."""

from typing import Protocol

from open63110.model.own_device import PATIENCE, SAMPLED, OwnSettings, effective
from open63110.model.policy import StationPolicy
from open63110.model.rotation import SECRET
from open63110.runtime.engine import Engine
from open63110.station.line import Line


class Sampling(Protocol):
    """Reads meters."""

    def sample_every(self, seconds: float) -> None:
        """Read meters so often while energy may flow [s]."""


def keep_to(own: OwnSettings | None, engine: Engine, hardware: Sampling, line: Line) -> None:
    """Have a station be as it was told to be; None: nobody told it anything."""
    if own is None:
        return
    if SAMPLED in own.values:
        hardware.sample_every(float(own.values[SAMPLED]))
    if PATIENCE in own.values:
        line.bear(float(own.values[PATIENCE]))
    if SECRET in own.values:
        line.show(own.values[SECRET])
    policy = engine.policies.get(own.station, engine.policy)
    if isinstance(policy, StationPolicy):
        engine.policies[own.station] = effective(policy, own.values)
