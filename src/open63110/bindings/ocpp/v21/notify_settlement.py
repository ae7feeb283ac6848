# SPDX-License-Identifier: Apache-2.0
"""NotifySettlement (2.1): a payment at the station is settled or not; kept until it joins the record (8.4.8)."""

from open63110.bindings.ocpp.kept import keeping

NOTIFY_SETTLEMENT = keeping(
    "NotifySettlement", reference="transaction_id", moment="settlement_time", personal=("vatNumber", "vatCompany")
)
