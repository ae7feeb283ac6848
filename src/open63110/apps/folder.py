# SPDX-License-Identifier: Apache-2.0
"""What lies in the data folder of a CSMS."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from open63110.kernel.errors import Unavailable
from open63110.store.trouble import NO_ROOM, is_full

DATABASE, PEPPER, FRAMES = "open63110.db", "pepper", "frames"

PEPPER_BYTES = 32


@contextlib.contextmanager
def usable(folder: Path) -> Iterator[None]:
    """Say of what goes wrong with files of the folder where it was and what to do.

    Raises:
        Unavailable: the folder, or a file in it, cannot be made or written.
    """
    try:
        yield
    except OSError as fault:
        right = "give this user the right to write there, or name another folder"
        remedy = NO_ROOM if is_full(fault, folder) else right
        message = f"{folder} cannot be used: {fault.strerror}; {remedy}"
        raise Unavailable(message, where=str(folder), remedy=remedy) from fault


def pepper(folder: Path) -> bytes:
    """Return the secret under which this installation hashes machine secrets, made at first use: whole or not at all.

    Raises:
        Unavailable: the file is not what was written there once.
    """
    path = folder / PEPPER
    if not path.exists():
        _make(path)
    found = path.read_bytes()
    if len(found) < PEPPER_BYTES:
        remedy = "restore it from a backup, or remove it and give every station and program a new secret"
        raise Unavailable(f"{path} is damaged; {remedy}", code="Damaged", where=str(path), remedy=remedy)
    return found


def _make(path: Path) -> None:
    """Write it beside its place first: a full disk must not leave an empty one, under which everything would be hashed."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(PEPPER_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename this never replaces one that was made meanwhile
    finally:
        draft.unlink(missing_ok=True)
