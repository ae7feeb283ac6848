# SPDX-License-Identifier: Apache-2.0
"""NotifyPeriodicEventStream (2.1): values of a stream, sent without waiting for an answer; kept."""

from open63110.bindings.ocpp.kept import keeping

NOTIFY_PERIODIC_EVENT_STREAM = keeping("NotifyPeriodicEventStream", request="id", moment="basetime")
