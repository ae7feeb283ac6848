# SPDX-License-Identifier: Apache-2.0
"""Where the configuration of this machine's CSMS lies."""

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

ConfigFile = Annotated[Path | None, Parameter(name=["--config", "-c"])]

USUAL = (Path("open63110.toml"), Path("/etc/open63110/open63110.toml"))


def config_file(named: Path | None) -> Path | None:
    """Return the file that was named, or else the first of the usual ones there is; None if there is none."""
    if named is not None:
        return named
    if chosen := os.environ.get("OPEN63110_CONFIG", ""):
        return Path(chosen)
    return next((path for path in USUAL if path.exists()), None)
