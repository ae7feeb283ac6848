# SPDX-License-Identifier: Apache-2.0
"""LogStatusNotification (1.6, security whitepaper): how far an upload of a log has come."""

from open63110.bindings.ocpp import logs
from open63110.bindings.ocpp._generated import v16 as types

LOG_STATUS_NOTIFICATION = logs.log_status(types)
