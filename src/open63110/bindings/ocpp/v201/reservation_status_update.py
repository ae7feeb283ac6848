# SPDX-License-Identifier: Apache-2.0
"""ReservationStatusUpdate (2.0.1): a reservation is over; kept until 8.4.3 is carried."""

from open63110.bindings.ocpp.kept import keeping

RESERVATION_STATUS_UPDATE = keeping("ReservationStatusUpdate", request="reservation_id")
