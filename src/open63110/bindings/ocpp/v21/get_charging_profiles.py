# SPDX-License-Identifier: Apache-2.0
"""GetChargingProfiles (2.1): as in 2.0.1, and of the purposes that came with it."""

from functools import partial

from msgspec.structs import replace

from open63110.bindings.ocpp.v201 import get_charging_profiles as before

GET_CHARGING_PROFILES = replace(before.GET_CHARGING_PROFILES, to_wire=partial(before.to_wire, newer=frozenset()))
