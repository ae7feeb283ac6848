# SPDX-License-Identifier: Apache-2.0
"""FirmwareStatusNotification (1.6): how far new firmware has come (8.3.6)."""

from open63110.bindings.ocpp.kept import keeping

FIRMWARE_STATUS_NOTIFICATION = keeping("FirmwareStatusNotification")
