# SPDX-License-Identifier: Apache-2.0
"""Units: a bare float never crosses a function. SI inside, power grid → EV positive."""

from typing import NewType

Watts = NewType("Watts", float)
WattHours = NewType("WattHours", float)
Amperes = NewType("Amperes", float)
Volts = NewType("Volts", float)
Percent = NewType("Percent", float)
Seconds = NewType("Seconds", float)
