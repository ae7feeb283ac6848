# SPDX-License-Identifier: Apache-2.0
"""`open63110 station run`, `init` and `check`: the controller of one charging station, on the machine inside it."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

from cyclopts import Parameter

from open63110.cli.config import protected
from open63110.cli.say import DONE, AsJson, say, tell

StationFile = Annotated[Path | None, Parameter(name=["--config", "-c"])]

USUAL = (Path("station.toml"), Path("/etc/open63110/station.toml"))


def station_file(named: Path | None) -> Path | None:
    """Return the file that was named, or else the first of the usual ones there is; None if there is none."""
    if named is not None:
        return named
    if chosen := os.environ.get("OPEN63110_STATION_CONFIG", ""):
        return Path(chosen)
    return next((path for path in USUAL if path.exists()), None)


def run(*, config: StationFile = None, json: AsJson = False) -> NoReturn:
    """Be a charging station until SIGTERM or Ctrl-C: real hardware by drivers, or simulated EVSEs.

    Args:
        config: The configuration; without it $OPEN63110_STATION_CONFIG, ./station.toml or /etc/open63110/station.toml.
        json: Say that it is up as one line of JSON.
    """
    from open63110.apps.station_config import load

    path = station_file(config)
    load(path)
    words = [str(path) if path else "", "json" if json else "words"]
    # -OO: explanations are for readers of the code, and would take three megabytes of a small board
    os.execv(sys.executable, [sys.executable, "-OO", "-m", "open63110.apps.station_main", *words])  # noqa: S606 - ourselves


def init(
    station: Annotated[str, Parameter(name="id")],
    *,
    csms: str = "ws://127.0.0.1:8887/ocpp",
    config: Path = Path("station.toml"),
    data: Path | None = None,
    evses: int = 1,
    json: AsJson = False,
) -> int:
    """Write a configuration of a charging station that explains itself, with simulated EVSEs to begin with.

    Args:
        station: Identity of the station at the CSMS.
        csms: Where the CSMS is, without the identity: ws:// or wss://.
        config: The file to write; it must not exist.
        data: Folder of its journal; without it open63110-station beside the configuration.
        evses: How many.
        json: Print `{"config", "data"}` as one line of JSON.

    Raises:
        Refused: the file is there already.
    """
    from open63110.apps.station_config import load, written
    from open63110.kernel.errors import Refused

    if config.exists():
        remedy = "name another with --config, or move it away"
        raise Refused(f"there is a file {config} already", code="Exists", where=str(config), remedy=remedy)
    folder = (data or config.parent / "open63110-station").absolute()
    bays = {str(number): {"driver": "simulated"} for number in range(1, evses + 1)}
    config.parent.mkdir(parents=True, exist_ok=True)
    draft = config.with_name(f"{config.name}.new")
    draft.write_text(written({"id": station, "data": str(folder), "evses": bays, "csms": {"url": csms}}), encoding="utf-8")
    try:
        load(draft, {})
        draft.rename(config)
    finally:
        draft.unlink(missing_ok=True)
    if json:
        tell({"config": str(config), "data": str(folder)})
    else:
        say(f"configuration  {config}")
        say(f"Now: open63110 station run --config {config}")
    return DONE


def check(*, config: StationFile = None, json: AsJson = False) -> int:
    """Tell whether a station would start with a configuration and the environment; exit code 1 if not.

    Args:
        config: The configuration; without it $OPEN63110_STATION_CONFIG, ./station.toml or /etc/open63110/station.toml.
        json: Print the result as JSON.
    """
    from open63110.apps.station_config import load

    path = station_file(config)
    settings = load(path)
    drivers = {name: bay.driver for name, bay in settings.evses.items()}
    said = protected(settings)
    if json:
        found = {"ok": True, "config": str(path) if path else None, "id": settings.id, "evses": drivers}
        tell(found | ({"protected": said} if said else {}))
        return DONE
    words = ", ".join(f"EVSE {name} {driver}" for name, driver in drivers.items())
    say(f"{path or 'defaults'}: will do; {settings.id} at {settings.csms.where}; {words}")
    for line in said:
        say(line)
    return DONE
