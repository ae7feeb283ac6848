# SPDX-License-Identifier: Apache-2.0
"""LogStatusNotification (2.0.1): how far an upload of logs is; kept until 8.3.10 is carried."""

from open63110.bindings.ocpp.kept import keeping

LOG_STATUS_NOTIFICATION = keeping("LogStatusNotification", request="request_id")
