# SPDX-License-Identifier: Apache-2.0
"""The transaction: the smallest billable part of an energy transfer, between two changes of what it is billed by.

Clause:     6.3
Asked by:   nobody: it follows from what is heard of the energy transfer
Done by:    CSMS
Leaves:     parts that share their readings, so that their sum is end register − begin register
"""

from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from open63110.kernel.units import WattHours
from open63110.kernel.usecase import UseCase
from open63110.model.register import counter, energy
from open63110.model.station import Station
from open63110.model.transaction import Transaction
from open63110.model.transfer import (
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    Mark,
    Register,
    TransferFact,
)


def divide(event: TransferFact, station: Station) -> Station:
    """Keep the parts in step with the marks; between two marks nothing changes."""
    transfer = station.transfers.get(event.reference)
    if transfer is None or (transfer.ended is None and _stands(transfer)):
        return station
    divided = replace(transfer, parts=parts(transfer))
    return replace(station, transfers={**station.transfers, transfer.reference: divided})


def _stands(transfer: EnergyTransfer) -> bool:
    return len(transfer.parts) == len(transfer.marks) and (
        not transfer.parts or transfer.parts[-1].subject == transfer.marks[-1].subject
    )


def parts(transfer: EnergyTransfer) -> tuple[Transaction, ...]:
    """Divide a transfer at its marks; the last part is open while the transfer is."""
    taken, given = counter(transfer, "import"), counter(transfer, "export")
    moments = [_at_mark(mark, taken, given) for mark in transfer.marks] + [_at_end(transfer.ended, taken, given)]
    made = [_part(mark, low, high) for mark, (low, high) in zip(transfer.marks, pairwise(moments), strict=True)]
    if transfer.ended is None:
        nothing = WattHours(0.0)
        made[-1] = replace(made[-1], ended=None, end=None, end_export=None, imported=nothing, exported=nothing)
    return tuple(made)


class _Moment(NamedTuple):
    """Where both registers stood, and what they had counted up to then."""

    at: datetime | None
    imported: WattHours | None
    exported: WattHours | None
    taken: float
    given: float


def _at_mark(mark: Mark, taken: Register | None, given: Register | None) -> _Moment:
    return _Moment(
        at=mark.at,
        imported=taken.first if mark.imported is None and taken else mark.imported,
        exported=given.first if mark.exported is None and given else mark.exported,
        taken=_counted(taken, mark.imported, mark.import_before_reset),
        given=_counted(given, mark.exported, mark.export_before_reset),
    )


def _at_end(at: datetime | None, taken: Register | None, given: Register | None) -> _Moment:
    return _Moment(
        at=at,
        imported=taken.last if taken else None,
        exported=given.last if given else None,
        taken=energy(taken),
        given=energy(given),
    )


def _counted(register: Register | None, value: WattHours | None, before_reset: WattHours) -> float:
    """Return what was counted up to a reading; None stands for the first one."""
    if register is None or value is None:
        return 0.0
    return max(0.0, round(value - register.first + before_reset, 3))


def _part(mark: Mark, low: _Moment, high: _Moment) -> Transaction:
    return Transaction(
        began=mark.at,
        begin=low.imported or WattHours(0.0),
        cause=mark.cause,
        subject=mark.subject,
        ended=high.at,
        end=high.imported,
        begin_export=low.exported or WattHours(0.0),
        end_export=high.exported,
        imported=WattHours(round(high.taken - low.taken, 3)),
        exported=WattHours(round(high.given - low.given, 3)),
    )


USE_CASE = UseCase(
    clause="6.3",
    title="Transaction",
    evolve={EnergyTransferStarted: divide, EnergyTransferUpdated: divide, EnergyTransferEnded: divide},
)
