# SPDX-License-Identifier: Apache-2.0
"""What lies in the data folder of a CSMS."""

import contextlib
import os
import secrets
from pathlib import Path

DATABASE, PEPPER, FRAMES = "open63110.db", "pepper", "frames"


def pepper(folder: Path) -> bytes:
    """Return the secret under which this installation hashes machine secrets, made at first use."""
    path = folder / PEPPER
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()
