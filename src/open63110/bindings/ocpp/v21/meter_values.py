# SPDX-License-Identifier: Apache-2.0
"""MeterValues (2.1): as in 2.0.1, with more measurands."""

from functools import partial

from msgspec.structs import replace

from open63110.bindings.ocpp.v21.words import WORDS
from open63110.bindings.ocpp.v201 import meter_values

METER_VALUES = replace(meter_values.METER_VALUES, to_wire=partial(meter_values.to_wire, words=WORDS))
