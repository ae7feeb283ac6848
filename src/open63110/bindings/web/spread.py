# SPDX-License-Identifier: Apache-2.0
"""How far the limit of a zone has come: whoever asked for it waits until each station that can be reached has answered (B.11)."""

import asyncio

import msgspec

from open63110.kernel.journal import Entry
from open63110.model.order import Outcome
from open63110.model.site import Zone, ZoneChanged, ZoneKey, ZoneLimit, zone_key
from open63110.runtime.node import Node
from open63110.runtime.orders import Asked
from open63110.usecases.energy.smart_charging import LimitZone, ZoneLimitAnswer


async def spread(node: Node, asked: Asked, command: LimitZone, wait: float) -> Asked:
    """Return what was asked with the result of all stations together, as it is after so many seconds at most [s]."""
    key = zone_key(command.site, command.zone)
    if asked.order.outcome is not Outcome.ACCEPTED or _limit(node, key) is None:
        return asked
    await _settled(node, key, wait)
    limit = _limit(node, key)
    if limit is None:
        return asked
    answer = ZoneLimitAnswer(
        ok=limit.ok,
        failed=limit.failed,
        unreachable=limit.unreachable,
        waiting=limit.waiting,
        excess=limit.excess,
        reasons=limit.reasons,
    )
    return msgspec.structs.replace(asked, replies=(answer,))


async def _settled(node: Node, key: ZoneKey, wait: float) -> None:
    """Wait until nobody is waited for; a look at each commit, and only for as long."""
    changed = asyncio.Event()

    def look(entries: list[Entry]) -> None:
        if any(one.kind is ZoneChanged for one in entries):
            changed.set()

    heard = node.engine.commit.on_durable
    heard.append(look)
    try:
        async with asyncio.timeout(node.clock.real(wait)):
            while (limit := _limit(node, key)) is not None and limit.waiting:
                changed.clear()
                await changed.wait()
    except TimeoutError:
        return  # it is told as far as it has come
    finally:
        heard.remove(look)


def _limit(node: Node, key: ZoneKey) -> ZoneLimit | None:
    zone: Zone | None = node.engine.known.zone(key)
    return zone.limit if zone else None
