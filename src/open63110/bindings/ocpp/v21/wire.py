# SPDX-License-Identifier: Apache-2.0
"""OCPP 2.1: what is translated, by files of 2.0.1 where nothing changed. coverage.toml beside it tells how far."""

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.v21.authorize import AUTHORIZE
from open63110.bindings.ocpp.v21.battery_swap import BATTERY_SWAP
from open63110.bindings.ocpp.v21.close_periodic_event_stream import CLOSE_PERIODIC_EVENT_STREAM
from open63110.bindings.ocpp.v21.get_15118_ev_certificate import GET_15118_EV_CERTIFICATE
from open63110.bindings.ocpp.v21.get_certificate_chain_status import GET_CERTIFICATE_CHAIN_STATUS
from open63110.bindings.ocpp.v21.meter_values import METER_VALUES
from open63110.bindings.ocpp.v21.notify_der_alarm import NOTIFY_DER_ALARM
from open63110.bindings.ocpp.v21.notify_der_start_stop import NOTIFY_DER_START_STOP
from open63110.bindings.ocpp.v21.notify_event import NOTIFY_EVENT
from open63110.bindings.ocpp.v21.notify_periodic_event_stream import NOTIFY_PERIODIC_EVENT_STREAM
from open63110.bindings.ocpp.v21.notify_priority_charging import NOTIFY_PRIORITY_CHARGING
from open63110.bindings.ocpp.v21.notify_settlement import NOTIFY_SETTLEMENT
from open63110.bindings.ocpp.v21.open_periodic_event_stream import OPEN_PERIODIC_EVENT_STREAM
from open63110.bindings.ocpp.v21.pull_dynamic_schedule_update import PULL_DYNAMIC_SCHEDULE_UPDATE
from open63110.bindings.ocpp.v21.report_der_control import REPORT_DER_CONTROL
from open63110.bindings.ocpp.v21.request_start_transaction import REQUEST_START_TRANSACTION
from open63110.bindings.ocpp.v21.reset import RESET
from open63110.bindings.ocpp.v21.send_local_list import SEND_LOCAL_LIST
from open63110.bindings.ocpp.v21.transaction_event import TRANSACTION_EVENT
from open63110.bindings.ocpp.v21.vat_number_validation import VAT_NUMBER_VALIDATION
from open63110.bindings.ocpp.v201.boot_notification import BOOT_NOTIFICATION
from open63110.bindings.ocpp.v201.clear_cache import CLEAR_CACHE
from open63110.bindings.ocpp.v201.cleared_charging_limit import CLEARED_CHARGING_LIMIT
from open63110.bindings.ocpp.v201.data_transfer import DATA_TRANSFER
from open63110.bindings.ocpp.v201.firmware_status_notification import FIRMWARE_STATUS_NOTIFICATION
from open63110.bindings.ocpp.v201.get_certificate_status import GET_CERTIFICATE_STATUS
from open63110.bindings.ocpp.v201.get_local_list_version import GET_LOCAL_LIST_VERSION
from open63110.bindings.ocpp.v201.get_transaction_status import GET_TRANSACTION_STATUS
from open63110.bindings.ocpp.v201.heartbeat import HEARTBEAT
from open63110.bindings.ocpp.v201.log_status_notification import LOG_STATUS_NOTIFICATION
from open63110.bindings.ocpp.v201.notify_charging_limit import NOTIFY_CHARGING_LIMIT
from open63110.bindings.ocpp.v201.notify_customer_information import NOTIFY_CUSTOMER_INFORMATION
from open63110.bindings.ocpp.v201.notify_display_messages import NOTIFY_DISPLAY_MESSAGES
from open63110.bindings.ocpp.v201.notify_ev_charging_needs import NOTIFY_EV_CHARGING_NEEDS
from open63110.bindings.ocpp.v201.notify_ev_charging_schedule import NOTIFY_EV_CHARGING_SCHEDULE
from open63110.bindings.ocpp.v201.notify_monitoring_report import NOTIFY_MONITORING_REPORT
from open63110.bindings.ocpp.v201.notify_report import NOTIFY_REPORT
from open63110.bindings.ocpp.v201.publish_firmware_status_notification import PUBLISH_FIRMWARE_STATUS_NOTIFICATION
from open63110.bindings.ocpp.v201.report_charging_profiles import REPORT_CHARGING_PROFILES
from open63110.bindings.ocpp.v201.request_stop_transaction import REQUEST_STOP_TRANSACTION
from open63110.bindings.ocpp.v201.reservation_status_update import RESERVATION_STATUS_UPDATE
from open63110.bindings.ocpp.v201.security_event_notification import SECURITY_EVENT_NOTIFICATION
from open63110.bindings.ocpp.v201.sign_certificate import SIGN_CERTIFICATE
from open63110.bindings.ocpp.v201.status_notification import STATUS_NOTIFICATION
from open63110.bindings.ocpp.v201.unlock_connector import UNLOCK_CONNECTOR

TRANSLATIONS = (
    AUTHORIZE,
    BATTERY_SWAP,
    BOOT_NOTIFICATION,
    CLEAR_CACHE,
    CLEARED_CHARGING_LIMIT,
    CLOSE_PERIODIC_EVENT_STREAM,
    DATA_TRANSFER,
    FIRMWARE_STATUS_NOTIFICATION,
    GET_15118_EV_CERTIFICATE,
    GET_CERTIFICATE_CHAIN_STATUS,
    GET_CERTIFICATE_STATUS,
    GET_LOCAL_LIST_VERSION,
    GET_TRANSACTION_STATUS,
    HEARTBEAT,
    LOG_STATUS_NOTIFICATION,
    METER_VALUES,
    NOTIFY_CHARGING_LIMIT,
    NOTIFY_CUSTOMER_INFORMATION,
    NOTIFY_DER_ALARM,
    NOTIFY_DER_START_STOP,
    NOTIFY_DISPLAY_MESSAGES,
    NOTIFY_EV_CHARGING_NEEDS,
    NOTIFY_EV_CHARGING_SCHEDULE,
    NOTIFY_EVENT,
    NOTIFY_MONITORING_REPORT,
    NOTIFY_PERIODIC_EVENT_STREAM,
    NOTIFY_PRIORITY_CHARGING,
    NOTIFY_REPORT,
    NOTIFY_SETTLEMENT,
    OPEN_PERIODIC_EVENT_STREAM,
    PUBLISH_FIRMWARE_STATUS_NOTIFICATION,
    PULL_DYNAMIC_SCHEDULE_UPDATE,
    REPORT_CHARGING_PROFILES,
    REPORT_DER_CONTROL,
    REQUEST_START_TRANSACTION,
    REQUEST_STOP_TRANSACTION,
    RESERVATION_STATUS_UPDATE,
    RESET,
    SECURITY_EVENT_NOTIFICATION,
    SEND_LOCAL_LIST,
    SIGN_CERTIFICATE,
    STATUS_NOTIFICATION,
    TRANSACTION_EVENT,
    UNLOCK_CONNECTOR,
    VAT_NUMBER_VALIDATION,
)

SENDS = {action: (kind, kind) for action, kind in types.SENDS.items()}
"""Messages without a response; the second type of the pair is never looked at."""

WIRE = Wire(Version.V21, {**types.ACTIONS, **SENDS}, TRANSLATIONS)
