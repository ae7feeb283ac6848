# SPDX-License-Identifier: Apache-2.0
"""ReserveNow (2.1): as in 2.0.1, with any kind of credential and of connector."""

from functools import partial

from msgspec.structs import replace

from open63110.bindings.ocpp.v21.words import WORDS
from open63110.bindings.ocpp.v201 import reserve_now

RESERVE_NOW = replace(reserve_now.RESERVE_NOW, to_wire=partial(reserve_now.to_wire, words=WORDS, known=None))
