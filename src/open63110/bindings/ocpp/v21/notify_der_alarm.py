# SPDX-License-Identifier: Apache-2.0
"""NotifyDERAlarm (2.1): the grid left its limits; kept until 8.2.10 hears it."""

from open63110.bindings.ocpp.kept import keeping

NOTIFY_DER_ALARM = keeping("NotifyDERAlarm", moment="timestamp")
