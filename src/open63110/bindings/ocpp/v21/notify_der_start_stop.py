# SPDX-License-Identifier: Apache-2.0
"""NotifyDERStartStop (2.1): a grid control began or ended; kept until 8.2.10 hears it."""

from open63110.bindings.ocpp.kept import keeping

NOTIFY_DER_START_STOP = keeping("NotifyDERStartStop", moment="timestamp")
