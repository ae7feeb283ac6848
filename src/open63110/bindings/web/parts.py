# SPDX-License-Identifier: Apache-2.0
"""The parts of the door that pages work with."""

from typing import Any

import msgspec

from open63110.bindings.web.access import Access
from open63110.bindings.web.commands import Commands
from open63110.bindings.web.operations import Operation
from open63110.bindings.web.queries import Queries
from open63110.bindings.web.rest import Rest
from open63110.runtime.node import Node
from open63110.runtime.principals import Principals


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What REST and pages share."""

    node: Node
    principals: Principals
    access: Access
    commands: Commands
    queries: Queries
    rest: Rest
    description: dict[str, Any]
    secure: bool
    """People come by TLS."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Return what REST offers."""
        return self.rest.operations
