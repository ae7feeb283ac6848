# SPDX-License-Identifier: Apache-2.0
"""A copy of the folder of streams, taken while it is in use: whole files and records of what is over (B.26)."""

import shutil
from pathlib import Path

import msgspec

from open63110.model.bulk import OVER, BulkStream


def copy_spool(folder: Path, target: Path) -> None:
    """Copy what has come, what lies there to be sent, and the records of streams that are over.

    Streams under way are left out: whoever sends them begins them again.

    Args:
        folder: of streams alone; need not be there.
        target: made, for its owner alone.
    """
    for name in ("offered", "received"):
        for file in _whole(folder / name):
            _copy(file, target / name / file.relative_to(folder / name))
    for record in sorted((folder / "spool").glob("*.json")):
        if _over(record):
            _copy(record, target / "spool" / record.name)


def _whole(top: Path) -> list[Path]:
    """Return the files below a folder that nobody is writing any more."""
    return sorted(one for one in top.rglob("*") if one.is_file() and not one.name.startswith(".") and one.suffix != ".draft")


def _over(record: Path) -> bool:
    try:
        return msgspec.json.decode(record.read_bytes(), type=BulkStream).state in OVER
    except (FileNotFoundError, msgspec.DecodeError):  # forgotten meanwhile, or half written at a crash: no record
        return False


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        shutil.copyfile(file, target)
    except FileNotFoundError:  # forgotten, or taken back, meanwhile
        return
    target.chmod(0o600)
