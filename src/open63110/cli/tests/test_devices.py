# SPDX-License-Identifier: Apache-2.0
"""What a station consists of, in a terminal."""

import pytest

from open63110.cli.devices import _row, address
from open63110.model.device import Component, VariableAddress, variable_address

SECRET = {"kind": "actual", "value": None, "mutability": "write-only"}


@pytest.mark.parametrize(
    "said",
    [
        VariableAddress(component=Component(name="Connector", evse=1, connector=2), name="ConnectorType"),  # type: ignore[arg-type] # literals
        VariableAddress(component=Component(name="Vendor/X", instance="a@b"), name="50%", instance="#1"),
    ],
)
def test_an_address_is_written_so_that_it_can_be_typed_again(said: VariableAddress) -> None:
    part = {field: getattr(said.component, field) for field in ("name", "instance", "evse", "connector")}
    written = address({"component": part, "name": said.name, "instance": said.instance})
    assert variable_address(written) == said


def test_a_secret_that_waits_for_a_reboot_is_no_value() -> None:
    held = {("A/Pin", "actual"): {"value": None, "state": "after-reboot"}}
    assert _row("A/Pin", SECRET, held) == ["A/Pin", "", "write-only", "secret (after-reboot)"]
