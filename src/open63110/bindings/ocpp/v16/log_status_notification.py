# SPDX-License-Identifier: Apache-2.0
"""LogStatusNotification (1.6): how far an upload of a log has come (8.3.10)."""

from open63110.bindings.ocpp.kept import keeping

LOG_STATUS_NOTIFICATION = keeping("LogStatusNotification", request="request_id")
