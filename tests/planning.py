# SPDX-License-Identifier: Apache-2.0
"""Problems of sites for tests, and what an independent solver makes of them."""

from importlib import import_module
from typing import Any

import numpy as np

from open63110.planner.grid import Profile, grid, steady
from open63110.planner.network import Floats, Network, Room, room
from open63110.planner.problem import HOUR, Battery, Energy, Need, Peak, Problem
from open63110.planner.tree import Node, Point, compiled
from open63110.planner.wiring import watts

cvxpy: Any = import_module("cvxpy")
"""Its types tell less than none."""
HALVES = ((1800.0, 100),)


def site(limit: float, *wirings: str, winding: bool = False) -> tuple[Network, Floats, Room]:
    volts = 120.0 if winding else 230.0
    nodes = [
        Node(id="grid", volts=277.0 if winding else volts),
        Node(id="feeder", parent="grid", amperes=(limit,) * 3, volts=volts, winding="delta-wye" if winding else ""),
    ]
    points = [Point(id=str(at), node="feeder", wiring=wiring) for at, wiring in enumerate(wirings)]
    network = compiled(nodes, points)
    return network, np.array([watts(wiring, volts) for wiring in wirings]), room(network)


def need(point: int, energy: float, hours: float, **other: Any) -> Need:
    usual: dict[str, Any] = {"id": f"s{point}", "point": point, "wanted": ((energy, 1.0),), "leaves": ((hours * HOUR, 1.0),)}
    return Need(**(usual | {"most": 32.0} | other))


def problem(made: tuple[Network, Floats, Room], *needs: Need, **other: Any) -> Problem:
    network, power, given_room = made
    usual: dict[str, Any] = {"network": network, "watts": power, "rooms": ((0.0, given_room),), "needs": needs, "deadline": 60.0}
    return Problem(**(usual | other))


PRICES = Profile(np.array([0.0, 3600.0, 9000.0]), np.array([0.2, 0.5, 0.1]))
SUN = Profile(np.array([0.0, 3600.0]), np.array([2000.0, 9000.0]))
ENERGIES = {
    "quick": Energy(),
    "price and carbon": Energy(
        value=0.4, price=PRICES, carbon=Profile(np.array([0.0, 7200.0]), np.array([0.2, 0.6])), carbon_price=0.3
    ),
    "peak": Energy(value=0.4, price=PRICES, load=steady(3000.0), peak=Peak(price=1.5, paid=6000.0)),
    "sun": Energy(value=0.4, price=PRICES, feed_in=steady(0.08), load=steady(1000.0), pv=SUN),
    "sun that nobody buys": Energy(value=0.05, price=PRICES, pv=SUN),
    "battery": Energy(
        value=0.4,
        price=PRICES,
        pv=SUN,
        peak=Peak(price=2.0),
        battery=Battery(
            capacity=12_000.0, level=4000.0, charge=5000.0, discharge=5000.0, efficiency=0.9, wear=0.02, reserve=1000.0
        ),
    ),
}


def oracle(asked: Problem) -> float:
    """The same problem as cones, without tangents, from the prose of energy.md rather than from the programme."""
    gain: Any
    total: Any
    slots = grid(max(one.departure for one in asked.needs), asked.spans)
    hours, count = slots.hours, len(asked.needs)
    currents = cvxpy.Variable((count, len(hours)))
    high = np.array(
        [
            [
                one.most * min(1.0, max(0.0, (one.departure - start) / length))
                for start, length in zip(slots.starts, slots.lengths, strict=True)
            ]
            for one in asked.needs
        ]
    )
    power = cvxpy.multiply(currents, asked.watts[[one.point for one in asked.needs]][:, None] / 1000)
    rules: list[Any] = [currents >= 0, currents <= high]
    energy = power @ hours
    rules += [energy[at] <= one.energy / 1000 for at, one in enumerate(asked.needs)]
    matrix = np.zeros((len(asked.network.lines), len(asked.network.points)), dtype=complex)
    matrix[asked.network.rows, asked.network.columns] = asked.network.weights
    here = matrix[:, [one.point for one in asked.needs]]
    for row, limit in enumerate(asked.rooms[0][1].limits):
        if np.isfinite(limit):
            loads = cvxpy.vstack([here[row].real @ currents, here[row].imag @ currents])
            rules.append(cvxpy.norm(loads, axis=0) <= limit)
    site_energy = asked.energy
    early = asked.quick * np.exp(-(slots.starts + slots.lengths / 2) / asked.patience)
    gain = 0.0
    for at, one in enumerate(asked.needs):
        lax = max(one.departure - one.energy / (asked.watts[one.point] * one.most) * HOUR, 0.0) / HOUR
        worth = site_energy.value * one.priority * (1 + early * (1 + 0.1 / (1 + lax)))
        gain += cvxpy.sum(cvxpy.multiply(power[at], worth * hours))
    total = cvxpy.sum(power, axis=0) + (slots.mean(site_energy.load) - slots.mean(site_energy.pv)) / 1000
    price = slots.mean(site_energy.price) + site_energy.carbon_price * slots.mean(site_energy.carbon)
    if site_energy.battery is not None:
        battery = site_energy.battery
        into, out = cvxpy.Variable(len(hours), nonneg=True), cvxpy.Variable(len(hours), nonneg=True)
        level = battery.level / 1000 + cvxpy.cumsum(
            battery.efficiency * cvxpy.multiply(into, hours) - cvxpy.multiply(out, hours) / battery.efficiency
        )
        rules += [
            into <= battery.charge / 1000,
            out <= battery.discharge / 1000,
            level >= battery.reserve / 1000,
            level <= battery.capacity / 1000,
        ]
        total = total + into - out
        gain -= battery.wear * cvxpy.sum(cvxpy.multiply(into, hours))
    if site_energy.flows:
        bought, sold = cvxpy.Variable(len(hours), nonneg=True), cvxpy.Variable(len(hours), nonneg=True)
        rules.append(total <= bought - sold)
        gain -= (price * hours) @ bought
        if site_energy.feed_in is not None:
            gain += (slots.mean(site_energy.feed_in) * hours) @ sold
        total = bought
    else:
        gain -= (price * hours) @ cvxpy.sum(power, axis=0)
    if site_energy.peak is not None:
        gain -= site_energy.peak.price * cvxpy.maximum(cvxpy.max(total), site_energy.peak.paid / 1000)
    found = cvxpy.Problem(cvxpy.Maximize(gain), rules)
    found.solve(solver=cvxpy.CLARABEL)
    assert found.status == "optimal"
    return -float(found.value)
