# SPDX-License-Identifier: Apache-2.0
"""DiagnosticsStatusNotification (1.6): how far an upload of diagnostics has come (8.3.10)."""

from open63110.bindings.ocpp.kept import keeping

DIAGNOSTICS_STATUS_NOTIFICATION = keeping("DiagnosticsStatusNotification")
