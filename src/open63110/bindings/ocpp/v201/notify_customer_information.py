# SPDX-License-Identifier: Apache-2.0
"""NotifyCustomerInformation (2.0.1): what a station knows of a customer; kept by reference, so that it can be erased (8.3.12)."""

from open63110.bindings.ocpp.kept import keeping

NOTIFY_CUSTOMER_INFORMATION = keeping(
    "NotifyCustomerInformation", request="request_id", moment="generated_at", personal=("data",)
)
