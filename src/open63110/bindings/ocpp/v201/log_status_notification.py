# SPDX-License-Identifier: Apache-2.0
"""LogStatusNotification (2.0.1): how far an upload of a log has come."""

from open63110.bindings.ocpp import logs
from open63110.bindings.ocpp._generated import v201 as types

LOG_STATUS_NOTIFICATION = logs.log_status(types)
