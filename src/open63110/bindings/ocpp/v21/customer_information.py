# SPDX-License-Identifier: Apache-2.0
"""CustomerInformation (2.1): as in 2.0.1, with any kind of credential."""

from functools import partial

from msgspec.structs import replace

from open63110.bindings.ocpp.v21.words import WORDS
from open63110.bindings.ocpp.v201 import customer_information

CUSTOMER_INFORMATION = replace(
    customer_information.CUSTOMER_INFORMATION, to_wire=partial(customer_information.to_wire, words=WORDS)
)
