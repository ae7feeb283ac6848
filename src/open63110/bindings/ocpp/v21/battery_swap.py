# SPDX-License-Identifier: Apache-2.0
"""BatterySwap (2.1): batteries go in or out; no use case of the standard is about it, so it is kept."""

from open63110.bindings.ocpp.kept import keeping

BATTERY_SWAP = keeping("BatterySwap", personal=("idToken",))
