# SPDX-License-Identifier: Apache-2.0
"""What the journal keeps of a fact."""

from datetime import UTC, datetime

import pytest

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId, TransferNumber, TransferReference
from open63110.kernel.journal import entry
from open63110.model.station import StationDisconnected
from open63110.model.transfer import EnergyTransferUpdated

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
CS = StationId("CS1")


def update(seq: int, trigger: str = "") -> EnergyTransferUpdated:
    return EnergyTransferUpdated(
        station=CS, at=NOON, reference=TransferReference("r"), seq=seq, number=TransferNumber(7), trigger=trigger
    )


def test_a_fact_is_read_back_as_it_was() -> None:
    fact = update(3, "MeterValuePeriodic")
    written = entry(fact)
    assert written.event == fact
    assert (written.kind, written.station, written.at) == (EnergyTransferUpdated, CS, NOON)


def test_facts_of_a_transfer_can_be_told_from_their_repetition() -> None:
    assert (entry(update(3)).number, entry(update(3)).seq) == (7, 3)


def test_a_fact_without_a_number_cannot() -> None:
    written = entry(StationDisconnected(station=CS, at=NOON))
    assert (written.number, written.seq) == (0, None)


@pytest.mark.parametrize("fact", [update(2**70), update(1, "\ud800")])
def test_what_cannot_be_written_is_refused_in_words(fact: EnergyTransferUpdated) -> None:
    with pytest.raises(Malformed, match="cannot be kept") as refused:
        entry(fact)
    assert refused.value.code == "Unwritable"
