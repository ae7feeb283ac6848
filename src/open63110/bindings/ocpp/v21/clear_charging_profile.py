# SPDX-License-Identifier: Apache-2.0
"""ClearChargingProfile (2.1): as in 2.0.1, and of the purposes that came with it."""

from functools import partial

from msgspec.structs import replace

from open63110.bindings.ocpp.v201 import clear_charging_profile as before

CLEAR_CHARGING_PROFILE = replace(before.CLEAR_CHARGING_PROFILE, to_wire=partial(before.to_wire, newer=frozenset()))
