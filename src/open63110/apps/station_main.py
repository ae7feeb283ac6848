# SPDX-License-Identifier: Apache-2.0
"""The process of a station, without the command line: what parsed the words is not kept in the memory of a small machine."""

import gc
import json
import sys
from pathlib import Path
from typing import Any

for _unused in ("rich", "greenlet", "typing_extensions"):  # libraries load them where they are, for nothing here
    sys.modules[_unused] = None  # type: ignore[assignment]  # so that they do not


def main(arguments: list[str]) -> int:
    """Be a station until SIGTERM or SIGINT.

    Args:
        arguments: the configuration (empty: none), and ``json`` or ``words`` for how to say that it is up.

    Returns:
        The exit code.
    """
    from open63110.apps.logs import set_up  # noqa: PLC0415 - after what it must not load
    from open63110.apps.process import run  # noqa: PLC0415
    from open63110.apps.station_config import load  # noqa: PLC0415
    from open63110.kernel.errors import Trouble  # noqa: PLC0415

    named, form = arguments
    said: Any

    try:
        settings = load(Path(named) if named else None)
        from open63110.apps.station_wires import wires_of  # noqa: PLC0415 - once it is known what is spoken

        wires_of(settings.csms)  # first: what reading them in takes, all else can use afterwards
        from open63110.apps.station import serve  # noqa: PLC0415 - after the wires, as just said

        set_up(settings.log)
        said = {"ready": True, "station": settings.id, "evses": len(settings.evses), "csms": settings.csms.where}
        words = f"station {settings.id} with {len(settings.evses)} EVSEs, CSMS at {settings.csms.where}"
        run(serve(settings, ready=lambda _: _say(json.dumps(said) if form == "json" else words)))
    except Trouble as trouble:
        sys.stderr.write(f"open63110: {trouble.message}\n")
        return 1
    return 0


def _say(line: str) -> None:
    from open63110.wire.memory import give_back  # noqa: PLC0415 - as above

    gc.collect()
    gc.freeze()
    give_back()  # reading in hundreds of modules leaves two megabytes behind that nobody needs again
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
