# SPDX-License-Identifier: Apache-2.0
"""NotifyPriorityCharging (2.1): a driver wants to charge first; kept until 8.2.3 is carried."""

from open63110.bindings.ocpp.kept import keeping

NOTIFY_PRIORITY_CHARGING = keeping("NotifyPriorityCharging", reference="transaction_id")
