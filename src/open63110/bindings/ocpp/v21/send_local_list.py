# SPDX-License-Identifier: Apache-2.0
"""SendLocalList (2.1): as in 2.0.1, with any kind of credential."""

from functools import partial

from msgspec.structs import replace

from open63110.bindings.ocpp.v21.words import WORDS
from open63110.bindings.ocpp.v201 import send_local_list

SEND_LOCAL_LIST = replace(send_local_list.SEND_LOCAL_LIST, to_wire=partial(send_local_list.to_wire, words=WORDS))
