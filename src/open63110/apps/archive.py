# SPDX-License-Identifier: Apache-2.0
"""Backup of a whole installation: its database, the pepper without which no stored key would be recognised, and its streams."""

import os
import shutil
from pathlib import Path

from open63110.apps.folder import DATABASE, PEPPER
from open63110.bindings.link.patterns.spool import FOLDER
from open63110.bindings.link.patterns.spool_copy import copy_spool
from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.store.backup import backup, restore


def back_up(folder: Path, target: Path) -> None:
    """Copy a data folder, in use or not, into a new folder; raw frames and streams under way stay behind.

    Raises:
        Unknown: there is no database in the folder.
        Refused: the target exists.
        Unavailable: something cannot be read, or there is no room; nothing is left behind.
    """
    if target.exists():
        raise Refused(f"{target} exists already", code="Exists", where="target", remedy="name another, or move it away")
    draft = target.with_name(f"{target.name}.partial")
    try:
        draft.mkdir(mode=0o700, parents=True)
        backup(folder / DATABASE, draft / DATABASE)
        _copy(folder / PEPPER, draft / PEPPER)
        copy_spool(folder / FOLDER, draft / FOLDER)
        draft.rename(target)
    except OSError as fault:
        raise Unavailable(f"{draft} cannot be written: {fault.strerror}", where="target") from fault
    finally:
        _clear(draft)


def bring_back(source: Path, folder: Path) -> None:
    """Put a backup in the place of a data folder that nobody uses; what stood there is kept with the ending ``.replaced``.

    Raises:
        Unknown: the source is no backup.
        Unavailable: the folder is in use, the backup is damaged or newer than this program, or there is no room.
    """
    for name in (DATABASE, PEPPER):
        if not (source / name).is_file():
            raise Unknown(f"{source} is no backup: it holds no {name}", where="source")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        restore(source / DATABASE, folder / DATABASE)
        if (folder / PEPPER).exists():
            (folder / PEPPER).replace(folder / f"{PEPPER}.replaced")
        _copy(source / PEPPER, folder / PEPPER)
        _put_aside(folder / FOLDER)
        copy_spool(source / FOLDER, folder / FOLDER)
    except OSError as fault:
        raise Unavailable(f"{folder} cannot be written: {fault.strerror}", where="data") from fault


def _copy(source: Path, target: Path) -> None:
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())


def _put_aside(folder: Path) -> None:
    if folder.exists():
        aside = folder.with_name(f"{folder.name}.replaced")
        shutil.rmtree(aside, ignore_errors=True)
        folder.replace(aside)


def _clear(draft: Path) -> None:
    if draft.is_dir():
        shutil.rmtree(draft)
