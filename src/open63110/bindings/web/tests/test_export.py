# SPDX-License-Identifier: Apache-2.0
"""Exports hold every record once, and nothing that a spreadsheet would execute."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable

import pytest
from tests.literal import T0

from open63110.bindings.web.export import COLUMNS, FORMULA, as_csv, as_json, row
from open63110.bindings.web.shapes import Seer
from open63110.kernel.ids import EvseNumber, SessionNumber, StationId, SubjectRef
from open63110.kernel.units import WattHours
from open63110.model.sdr import Sdr
from open63110.model.token import Credential


class Nobody:
    """Knows no credential."""

    def ref(self, credential: Credential) -> SubjectRef:
        return SubjectRef("s")

    def credential(self, ref: SubjectRef) -> Credential | None:
        return None


SEER = Seer(Nobody(), True)


def sdr(number: int, contract: str = "") -> Sdr:
    return Sdr(
        id=f"r{number}",
        session=SessionNumber(number),
        station=StationId("CS-1"),
        evse=EvseNumber(1),
        began=T0,
        ended=T0,
        energy=WattHours(1.5),
        contract=contract,
    )


async def each(sdrs: Iterable[Sdr]) -> AsyncIterator[Sdr]:
    for one in sdrs:
        yield one


async def test_csv_has_a_heading_and_a_line_for_each_record() -> None:
    text = "".join([line async for line in as_csv(each([sdr(1), sdr(2, 'a, "b"\nc')]), SEER)])
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [one["id"] for one in rows] == ["r1", "r2"]
    assert rows[1]["contract"] == 'a, "b"\nc'
    assert rows[0]["produced"] == ""
    assert rows[0]["began"] == "2026-01-01T00:00:00Z"


def test_there_is_a_cell_for_each_column() -> None:
    assert len(row(sdr(1), SEER)) == len(COLUMNS)


@pytest.mark.parametrize("begin", FORMULA)
async def test_a_cell_is_never_a_formula(begin: str) -> None:
    text = "".join([line async for line in as_csv(each([sdr(1, f"{begin}cmd()")]), SEER)])
    (found,) = csv.DictReader(io.StringIO(text, newline=""))
    assert found["contract"] == f"'{begin}cmd()"


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_json_is_one_array_of_whatever_length(count: int) -> None:
    text = b"".join([part async for part in as_json(each(sdr(number) for number in range(count)), SEER)])
    assert [one["id"] for one in json.loads(text)] == [f"r{number}" for number in range(count)]
