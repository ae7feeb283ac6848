# SPDX-License-Identifier: Apache-2.0
"""`open63110 doctor`: whether this machine is fit for a CSMS, and what to do where it is not."""

from open63110.cli.say import DONE, NOT_DONE, AsJson, table, tell
from open63110.cli.where import ConfigFile, config_file


def doctor(*, config: ConfigFile = None, json: AsJson = False) -> int:
    """Look at this machine the way a CSMS will; exit code 1 if something will not work.

    Args:
        config: The configuration; without it $OPEN63110_CONFIG, ./open63110.toml or /etc/open63110/open63110.toml.
        json: Print the findings as JSON.
    """
    import msgspec

    from open63110.apps.config import load
    from open63110.apps.doctor import examine

    findings = list(examine(load(config_file(config))))
    if json:
        tell([msgspec.to_builtins(one) for one in findings])
    else:
        table("", ["", "", "found", "what to do"], [[one.verdict, one.name, one.found, one.remedy] for one in findings])
    return NOT_DONE if any(one.verdict == "bad" for one in findings) else DONE
