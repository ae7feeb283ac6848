# SPDX-License-Identifier: Apache-2.0
"""SignedFirmwareStatusNotification (1.6): how far signed firmware has come (8.3.6)."""

from open63110.bindings.ocpp.kept import keeping

SIGNED_FIRMWARE_STATUS_NOTIFICATION = keeping("SignedFirmwareStatusNotification", request="request_id")
