# SPDX-License-Identifier: Apache-2.0
"""PublishFirmwareStatusNotification (2.0.1): a local controller offers firmware to others; kept until 8.3.6 is carried."""

from open63110.bindings.ocpp.kept import keeping

PUBLISH_FIRMWARE_STATUS_NOTIFICATION = keeping("PublishFirmwareStatusNotification", request="request_id")
