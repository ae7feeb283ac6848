# SPDX-License-Identifier: Apache-2.0
"""Order is the station's, not arrival's: late, early and missing facts, and which were heard before (I8, I9)."""

from bisect import insort
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from open63110.model.transfer import (
    ESTIMATE,
    ESTIMATED,
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    Heard,
    TransferFact,
    TransferFactKind,
)
from open63110.usecases.sessions.energy_transfer.fold import FOLD, fold

replace = msgspec.structs.replace

WINDOW = 16
"""How many facts without sequence number may still be overtaken by a late one."""
MOST_LOOSE = 256
"""How many facts are kept apart while a gap stays open; older ones are then taken as they are."""

FOLDED = frozenset(
    {
        "missing-start", "missing-begin", "missing-end", "no-energy", "end-below-begin", "meter-reset", "meter-slip",
        "register-jump", "clock", "unreadable", "phase-sum", "interval-sum", "other-location", ESTIMATED,
    }
)  # fmt: skip
"""Flags that folding gives; all others came from elsewhere and survive a new folding."""

Gaps = tuple[tuple[int, int], ...]
_KINDS: Final[dict[type[TransferFact], TransferFactKind]] = {
    EnergyTransferStarted: "start",
    EnergyTransferUpdated: "update",
    EnergyTransferEnded: "end",
}
_RANK = {"start": 0, "update": 1, "end": 2}
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def is_known(transfer: EnergyTransfer, seq: int) -> bool:
    """Tell whether a fact with a sequence number was heard before."""
    return seq <= transfer.seq and not any(low <= seq <= high for low, high in transfer.gaps)


def arrived(transfer: EnergyTransfer, fact: TransferFact) -> EnergyTransfer:
    """Put a fact where it belongs and return what is then known."""
    if fact.seq == transfer.seq + 1 and not transfer.loose:
        known: EnergyTransfer = FOLD[type(fact)](transfer, fact)
        return known
    return _put_in(transfer, fact)


def _put_in(transfer: EnergyTransfer, fact: TransferFact) -> EnergyTransfer:
    one = _heard(fact)
    base = transfer.base or transfer
    kept = [other for other in transfer.loose if not _is_estimate(other)]
    reopened = len(kept) != len(transfer.loose)
    insort(kept, one, key=_place)
    known = fold(transfer, fact) if kept[-1] is one and not reopened else _again(transfer, base, kept)
    seq, gaps = noted(transfer.seq, transfer.gaps, fact.seq, first=isinstance(fact, EnergyTransferStarted))
    known = replace(known, seq=seq, gaps=gaps, flags=known.flags if gaps else _without(known.flags, "gap"))
    known = _kept_apart(known, base, kept)
    return replace(known, settled=transfer.settled and known.complete)


def _kept_apart(known: EnergyTransfer, base: EnergyTransfer, loose: list[Heard]) -> EnergyTransfer:
    """Keep facts apart only as long as another may have to go between them."""
    numbered = loose[-1].seq >= 0
    if numbered and not known.gaps:
        return replace(known, base=None, loose=())
    most = MOST_LOOSE if known.seq >= 0 else WINDOW
    if len(loose) > most:
        base, loose = _refold(base, loose[: most // 2]), loose[most // 2 :]
    return replace(known, base=base, loose=tuple(loose))


def _again(transfer: EnergyTransfer, base: EnergyTransfer, loose: Iterable[Heard]) -> EnergyTransfer:
    """Fold anew, and keep what others have learned of the transfer since."""
    new = _refold(base, loose)
    others = tuple(flag for flag in transfer.flags if flag not in FOLDED and flag not in new.flags)
    return replace(new, session=transfer.session, settled=transfer.settled, flags=new.flags + others, parts=())


def _refold(base: EnergyTransfer, loose: Iterable[Heard]) -> EnergyTransfer:
    for one in loose:
        base = fold(base, _fact(base, one))
    return base


def noted(seq: int, gaps: Gaps, new: int, *, first: bool = False) -> tuple[int, Gaps]:
    """Return the highest sequence number and the missing ones, after another was heard.

    Args:
        seq: highest up to now.
        gaps: missing up to now.
        new: the one just heard; negative ones count nothing.
        first: it is the start, so nothing is missing before it.
    """
    if new < 0:
        return seq, gaps
    if new > seq:
        gaps = (*gaps, (seq + 1, new - 1)) if new > seq + 1 else gaps
        seq = new
    else:
        gaps = tuple(part for low, high in gaps for part in _cut(low, high, new))
    return seq, tuple(gap for gap in gaps if gap[0] > new) if first else gaps


def _cut(low: int, high: int, new: int) -> Iterable[tuple[int, int]]:
    if not low <= new <= high:
        yield low, high
        return
    if low < new:
        yield low, new - 1
    if new < high:
        yield new + 1, high


def _is_estimate(one: Heard) -> bool:
    return ESTIMATED in one.flags


def _place(one: Heard) -> tuple[int, datetime, int]:
    """Order by sequence number; without one, the start first, the end last, and time between; estimates after all."""
    if _is_estimate(one):
        return 9, one.at, ESTIMATE
    if one.seq >= 0:
        return 0, _NO_TIME, one.seq
    return _RANK[one.kind], one.at, one.seq


_WANTED = ("energy.", "power.import", "power.export", "soc")


def _heard(fact: TransferFact) -> Heard:
    shared: dict[str, Any] = {
        name: value for name in fact.__struct_fields__ if name in _FIELDS and (value := getattr(fact, name)) is not None
    }
    readings = tuple(one for one in fact.readings if one.measurand.startswith(_WANTED) or one.signed is not None)
    return Heard(kind=_KINDS[type(fact)], **{**shared, "readings": readings})


_FIELDS = frozenset(Heard.__struct_fields__) - {"kind"}


def _fact(base: EnergyTransfer, one: Heard) -> TransferFact:
    """Make the fact again that was heard."""
    kind = {"start": EnergyTransferStarted, "update": EnergyTransferUpdated, "end": EnergyTransferEnded}[one.kind]
    names = _FIELDS.intersection(kind.__struct_fields__)
    fields: dict[str, Any] = {name: getattr(one, name) for name in names}
    made: Any = kind(station=base.station, reference=base.reference, **fields)
    fact: TransferFact = made
    return fact


def _without(flags: tuple[str, ...], flag: str) -> tuple[str, ...]:
    return tuple(one for one in flags if one != flag) if flag in flags else flags
