# SPDX-License-Identifier: Apache-2.0
"""OCPP 1.6 as a whole: which messages are translated."""

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.v16.authorize import AUTHORIZE
from open63110.bindings.ocpp.v16.boot_notification import BOOT_NOTIFICATION
from open63110.bindings.ocpp.v16.clear_cache import CLEAR_CACHE
from open63110.bindings.ocpp.v16.data_transfer import DATA_TRANSFER
from open63110.bindings.ocpp.v16.diagnostics_status_notification import DIAGNOSTICS_STATUS_NOTIFICATION
from open63110.bindings.ocpp.v16.firmware_status_notification import FIRMWARE_STATUS_NOTIFICATION
from open63110.bindings.ocpp.v16.get_local_list_version import GET_LOCAL_LIST_VERSION
from open63110.bindings.ocpp.v16.heartbeat import HEARTBEAT
from open63110.bindings.ocpp.v16.log_status_notification import LOG_STATUS_NOTIFICATION
from open63110.bindings.ocpp.v16.meter_values import METER_VALUES
from open63110.bindings.ocpp.v16.remote_start_transaction import REMOTE_START_TRANSACTION
from open63110.bindings.ocpp.v16.remote_stop_transaction import REMOTE_STOP_TRANSACTION
from open63110.bindings.ocpp.v16.reset import RESET
from open63110.bindings.ocpp.v16.security_event_notification import SECURITY_EVENT_NOTIFICATION
from open63110.bindings.ocpp.v16.send_local_list import SEND_LOCAL_LIST
from open63110.bindings.ocpp.v16.sign_certificate import SIGN_CERTIFICATE
from open63110.bindings.ocpp.v16.signed_firmware_status_notification import SIGNED_FIRMWARE_STATUS_NOTIFICATION
from open63110.bindings.ocpp.v16.start_transaction import START_TRANSACTION
from open63110.bindings.ocpp.v16.status_notification import STATUS_NOTIFICATION
from open63110.bindings.ocpp.v16.stop_transaction import STOP_TRANSACTION
from open63110.bindings.ocpp.v16.unlock_connector import UNLOCK_CONNECTOR

WIRE = Wire(
    Version.V16,
    types.ACTIONS,
    (
        AUTHORIZE,
        BOOT_NOTIFICATION,
        CLEAR_CACHE,
        DATA_TRANSFER,
        DIAGNOSTICS_STATUS_NOTIFICATION,
        FIRMWARE_STATUS_NOTIFICATION,
        GET_LOCAL_LIST_VERSION,
        HEARTBEAT,
        LOG_STATUS_NOTIFICATION,
        METER_VALUES,
        REMOTE_START_TRANSACTION,
        REMOTE_STOP_TRANSACTION,
        RESET,
        SECURITY_EVENT_NOTIFICATION,
        SEND_LOCAL_LIST,
        SIGN_CERTIFICATE,
        SIGNED_FIRMWARE_STATUS_NOTIFICATION,
        START_TRANSACTION,
        STATUS_NOTIFICATION,
        STOP_TRANSACTION,
        UNLOCK_CONNECTOR,
    ),
)
