# SPDX-License-Identifier: Apache-2.0
"""`open63110 backup` and `open63110 restore`: a whole installation, while it runs, and the way back while it stands still."""

from pathlib import Path

from open63110.cli.say import AsJson, say, tell
from open63110.cli.where import ConfigFile, config_file


def backup(target: Path, *, data: Path | None = None, config: ConfigFile = None, json: AsJson = False) -> None:
    """Copy database, secrets, files and finished streams of a CSMS, running or not, into a new folder.

    Args:
        target: The folder to make.
        data: The data folder to copy; without it the one the configuration names.
        config: The configuration that names the data folder.
        json: Print the result as JSON.
    """
    from open63110.apps.archive import back_up

    back_up(_data(data, config), target)
    tell({"backup": str(target)}) if json else say(f"backed up to {target}")


def restore(source: Path, *, data: Path | None = None, config: ConfigFile = None, json: AsJson = False) -> None:
    """Put a backup in the place of the data of a CSMS that does not run; what stood there is kept as *.replaced.

    Args:
        source: The folder that `open63110 backup` made.
        data: The data folder to fill; without it the one the configuration names.
        config: The configuration that names the data folder.
        json: Print the result as JSON.
    """
    from open63110.apps.archive import bring_back

    folder = _data(data, config)
    bring_back(source, folder)
    tell({"restored": str(folder)}) if json else say(f"restored {source} into {folder}")


def _data(named: Path | None, config: Path | None) -> Path:
    from open63110.apps.config import load

    return named or Path(load(config_file(config)).data)
