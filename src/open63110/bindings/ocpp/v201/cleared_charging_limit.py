# SPDX-License-Identifier: Apache-2.0
"""ClearedChargingLimit (2.0.1): an external limit of an EVSE is over; kept until 8.2.7 hears it."""

from open63110.bindings.ocpp.kept import keeping

CLEARED_CHARGING_LIMIT = keeping("ClearedChargingLimit", evse="evse_id")
