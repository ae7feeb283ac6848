# SPDX-License-Identifier: Apache-2.0
"""ClosePeriodicEventStream (2.1): a stream of values ends; kept, though none was ever admitted."""

from open63110.bindings.ocpp.kept import keeping

CLOSE_PERIODIC_EVENT_STREAM = keeping("ClosePeriodicEventStream", request="id")
