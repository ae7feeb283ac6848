# SPDX-License-Identifier: Apache-2.0
"""RequestStartTransaction (2.1): as in 2.0.1, with any kind of credential, and all that a profile may say."""

from functools import partial

from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.v21.words import WORDS
from open63110.bindings.ocpp.v201 import request_start_transaction as start

REQUEST_START_TRANSACTION = replace(
    start.REQUEST_START_TRANSACTION, to_wire=partial(start.to_wire, words=WORDS, kind=types.ChargingProfileType)
)
