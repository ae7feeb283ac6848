# SPDX-License-Identifier: Apache-2.0
"""NotifyChargingLimit (2.0.1): somebody else limits the station; kept until 8.2.7 hears it."""

from open63110.bindings.ocpp.kept import keeping

NOTIFY_CHARGING_LIMIT = keeping("NotifyChargingLimit", evse="evse_id")
