# SPDX-License-Identifier: Apache-2.0
"""NotifyReport (2.0.1): which variables a station has; kept until 8.3.3 is carried."""

from open63110.bindings.ocpp.kept import keeping

NOTIFY_REPORT = keeping("NotifyReport", request="request_id", moment="generated_at")
