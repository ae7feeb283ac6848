# SPDX-License-Identifier: Apache-2.0
"""FirmwareStatusNotification (2.0.1): how far an update of firmware is; kept until 8.3.6 is carried."""

from open63110.bindings.ocpp.kept import keeping

FIRMWARE_STATUS_NOTIFICATION = keeping("FirmwareStatusNotification", request="request_id")
