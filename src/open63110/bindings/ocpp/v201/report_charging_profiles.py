# SPDX-License-Identifier: Apache-2.0
"""ReportChargingProfiles (2.0.1): which profiles are installed; kept until 8.2.3 is carried."""

from open63110.bindings.ocpp.kept import keeping

REPORT_CHARGING_PROFILES = keeping("ReportChargingProfiles", evse="evse_id", request="request_id")
