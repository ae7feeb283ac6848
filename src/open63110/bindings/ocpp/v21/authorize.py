# SPDX-License-Identifier: Apache-2.0
"""Authorize (2.1): as in 2.0.1, with any kind of credential."""

from functools import partial

from msgspec.structs import replace

from open63110.bindings.ocpp.v21.words import WORDS
from open63110.bindings.ocpp.v201 import authorize

DROPPED = (*authorize.DROPPED, "tariff", "allowedEnergyTransfer")
"""The answer offers neither, until 8.4.6 and 8.2.8 do."""

AUTHORIZE = replace(
    authorize.AUTHORIZE,
    answer=partial(authorize.answer, words=WORDS),
    to_wire=partial(authorize.to_wire, words=WORDS),
)
