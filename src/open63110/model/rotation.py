# SPDX-License-Identifier: Apache-2.0
"""The secret with which a station shows who it is, and that it is to get another (8.3.15)."""

from typing import Final

from open63110.kernel.messages import Event

SECRET: Final = "SecurityCtrlr/BasicAuthPassword"  # noqa: S105 - where it is, not what
"""Where a station keeps it; ``AuthorizationKey`` of OCPP 1.6."""


class RotationWanted(Event, frozen=True, kw_only=True, gc=False):
    """The operator wants a station to have another secret."""
