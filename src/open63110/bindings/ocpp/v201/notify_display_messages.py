# SPDX-License-Identifier: Apache-2.0
"""NotifyDisplayMessages (2.0.1): which texts a station displays; kept until 8.3.8 is carried."""

from open63110.bindings.ocpp.kept import keeping

NOTIFY_DISPLAY_MESSAGES = keeping("NotifyDisplayMessages", request="request_id")
