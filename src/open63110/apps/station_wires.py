# SPDX-License-Identifier: Apache-2.0
"""Which versions of OCPP a station reads in: those that it is to speak, and none on the link."""

from open63110.apps.station_config import Upwards
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.wires import WIRES


def wires_of(csms: Upwards) -> dict[Version, Wire]:
    """Return the versions that a station may speak to its CSMS, newest first."""
    spoken = () if csms.wire == "link" else csms.versions
    return {one: WIRES[one] for one in WIRES if one in spoken}
