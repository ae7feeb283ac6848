# SPDX-License-Identifier: Apache-2.0
"""ReportDERControl (2.1): which grid controls are set; kept until 8.2.10 is carried."""

from open63110.bindings.ocpp.kept import keeping

REPORT_DER_CONTROL = keeping("ReportDERControl", request="request_id")
