# SPDX-License-Identifier: Apache-2.0
"""The real program, to which charging stations of other makers come."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.conformance.clients.door import CARD, Operator
from tests.process import CsmsProcess


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    """A CSMS that takes every station, and knows Anna's card."""
    with CsmsProcess(tmp_path).init() as csms:
        operator = Operator(csms)
        await operator.ask("tokens/put", {"token": CARD})
        yield operator
        await asyncio.to_thread(csms.stop)
