# SPDX-License-Identifier: Apache-2.0
"""A noun whose searchable columns stay the same is written by its body alone, if its row is there to take it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from open63110.kernel.ids import StationId, TransferNumber, TransferReference
from open63110.kernel.journal import written
from open63110.kernel.units import Watts
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Batch, Store, Where

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def transfer(number: int, power: float | None = None) -> EnergyTransfer:
    return EnergyTransfer(
        station=StationId("CS1"),
        number=TransferNumber(number),
        reference=TransferReference(f"r{number}"),
        power=None if power is None else Watts(power),
    )


def batch(*transfers: EnergyTransfer, same: tuple[int, ...] = ()) -> Batch:
    made = Batch()
    made.puts.update({("transfer", one.number): one for one in transfers if one.number not in same})
    made.bodies["transfer"] = {one.number: written(one) for one in transfers if one.number in same}
    return made


async def keep(store: Store, one: Batch) -> None:
    store.stage(one, NOON)
    await store.commit()


@pytest.mark.parametrize("there", [True, False], ids=["there", "missing"])
async def test_a_body_is_written_alone_where_its_row_is_and_whole_where_it_is_not(
    reopen: Callable[[], Store], *, there: bool
) -> None:
    store = reopen()
    if there:
        await keep(store, batch(transfer(1, 1.0)))
    await keep(store, batch(transfer(1, 2.0), transfer(2), same=(1,)))
    store = reopen()
    assert store.get(EnergyTransfer, 1) == transfer(1, 2.0)
    assert store.first(EnergyTransfer, Where("reference", "=", "r1")) == transfer(1, 2.0)
    assert store.get(EnergyTransfer, 2) == transfer(2)
