# SPDX-License-Identifier: Apache-2.0
"""NotifyMonitoringReport (2.0.1): which monitors are set; kept until 8.3.9 is carried."""

from open63110.bindings.ocpp.kept import keeping

NOTIFY_MONITORING_REPORT = keeping("NotifyMonitoringReport", request="request_id", moment="generated_at")
