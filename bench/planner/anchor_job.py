# SPDX-License-Identifier: Apache-2.0
"""A program of its own, run by the Python of an environment that has acnportal: one of its algorithms on some sessions.

Arguments: algorithm, transformer capacity [kW], whether pilots are quantised (0 or 1). Sessions come as JSON on standard input,
each station, arrival, departure [slots of 5 minutes], energy [kWh], most [kW]; the result goes as JSON to standard output.
"""

import json
import os
import sys
import time
import warnings
from datetime import datetime
from importlib import import_module
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
warnings.simplefilter("ignore")

import numpy as np  # noqa: E402 - it counts its threads as it is read in

pytz: Any = import_module("pytz")
acnsim: Any = import_module("acnportal.acnsim")
analysis: Any = import_module("acnportal.acnsim.analysis")
algorithms: Any = import_module("acnportal.algorithms")

ZONE, VOLTS = "America/Los_Angeles", 208


def algorithm(name: str, *, quantised: bool) -> Any:
    """Return an algorithm as the notebooks of acnportal-experiments have it; quantised as in their scenario III."""
    if name == "RR":
        return algorithms.RoundRobin(algorithms.first_come_first_served, continuous_inc=1)
    order = {
        "FCFS": algorithms.first_come_first_served,
        "EDF": algorithms.earliest_deadline_first,
        "LLF": algorithms.least_laxity_first,
    }[name]
    return algorithms.SortedSchedulingAlgo(order, uninterrupted_charging=quantised)


def main() -> None:
    """Simulate and tell."""
    name, capacity, quantised = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "1"
    events = []
    for at, (station, arrival, departure, energy, most) in enumerate(json.load(sys.stdin)):
        ev = acnsim.EV(arrival, departure, energy, station, str(at), acnsim.Battery(energy, 0, most))
        events.append(acnsim.PluginEvent(arrival, ev))
    network = acnsim.sites.caltech_acn(basic_evse=not quantised, voltage=VOLTS, transformer_cap=capacity)
    start = pytz.timezone(ZONE).localize(datetime(2019, 3, 1))  # noqa: DTZ001  # which is given its zone here
    simulator = acnsim.Simulator(
        network, algorithm(name, quantised=quantised), acnsim.EventQueue(events), start, period=5, verbose=False
    )
    begun = time.process_time()
    simulator.run()
    spent = time.process_time() - begun
    use = np.abs(network.constraint_current(simulator.charging_rates))
    found = {
        "energy": float(analysis.proportion_of_energy_delivered(simulator) * 100),
        "met": float(analysis.proportion_of_demands_met(simulator) * 100),
        "peak": float(np.max(analysis.aggregate_power(simulator))),
        "worst": float((use / network.magnitudes[:, None]).max()),
        "pauses": pauses(simulator) / len(events),
        "cpu": spent,
    }
    json.dump(found, sys.stdout)


def pauses(simulator: Any) -> int:
    """Return how often EVs stopped with a slot at the least current still wanted; as `replay` counts."""
    count = 0
    for ev in simulator.ev_history.values():
        place = simulator.network.station_ids.index(ev.station_id)
        rates = simulator.charging_rates[place, ev.arrival : ev.departure]
        left = ev.requested_energy - np.cumsum(rates) * VOLTS / 12000
        least = (simulator.network.min_pilot_signals[place] or 6) * VOLTS / 12000
        count += int(((rates[:-1] > 1e-3) & (rates[1:] <= 1e-3) & (left[:-1] >= least)).sum())
    return count


if __name__ == "__main__":
    main()
