# SPDX-License-Identifier: Apache-2.0
"""A limit for several places together: what each gets, and how it shifts without the sum ever being above (I15)."""

from collections.abc import Sequence
from typing import NamedTuple

from open63110.kernel.units import Watts


class Need(NamedTuple):
    """What a place cannot do without, and what it would use beside that."""

    floor: Watts
    """Drawn there whatever anybody orders: by loads, and by stations that cannot be reached [W]."""
    want: Watts
    """By what shares compare [W]."""


class Held(NamedTuple):
    """What a place has now."""

    share: Watts | None
    """None: it was not limited yet."""
    most: Watts
    """What could be drawn there at most [W]."""


def shares(limit: Watts, needs: Sequence[Need]) -> tuple[Watts, ...]:
    """Divide a limit, rounded down to the watt: what cannot be helped, then the rest by what is wanted, else equally."""
    floors = sum(one.floor for one in needs)
    if floors >= limit:
        return tuple(_whole(limit * one.floor / floors) if floors else Watts(0.0) for one in needs)
    wants = sum(one.want for one in needs)
    rest = limit - floors
    parts = [one.want / wants if wants else 1 / len(needs) for one in needs]
    return tuple(_whole(one.floor + rest * part) for one, part in zip(needs, parts, strict=True))


def shifted(limit: Watts, wanted: Sequence[Watts], held: Sequence[Held]) -> tuple[Watts, ...]:
    """Return what places get at once of new shares: those that get more wait until others draw less.

    Args:
        limit: of all together [W].
        wanted: their new shares, which add up to no more.
        held: what they have.
    """
    grows = [one.share is not None and share > one.share for one, share in zip(held, wanted, strict=True)]
    taken = sum(
        (one.share or 0.0) if grow else _occupied(one, share) for one, share, grow in zip(held, wanted, grows, strict=True)
    )
    more = sum(share - (one.share or 0.0) for one, share, grow in zip(held, wanted, grows, strict=True) if grow)
    part = min(1.0, max(0.0, limit - taken) / more) if more else 0.0
    return tuple(
        _whole((one.share or 0.0) + part * (share - (one.share or 0.0))) if grow else share
        for one, share, grow in zip(held, wanted, grows, strict=True)
    )


def _occupied(held: Held, share: Watts) -> float:
    """Return what a place that gets less may still draw, until its stations have confirmed that."""
    return share if held.share is None else max(share, min(held.share, held.most))


def _whole(power: float) -> Watts:
    return Watts(float(int(power)))
