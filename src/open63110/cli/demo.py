# SPDX-License-Identifier: Apache-2.0
"""`open63110 demo`: a charging site at work on this machine, to look at or to be judged."""

from cyclopts import App

from open63110.apps.demo import Demo, demo
from open63110.cli.say import note, say, tell
from open63110.cli.settings import add_settings
from open63110.cli.until import until_told

app = App(name="demo", help_format="plaintext", help_epilogue="For example: open63110 demo; open63110 demo --headless --for 60")


def _work(settings: Demo, as_data: bool) -> int:
    code = until_told(lambda stop: demo(settings, stop=stop, say=note if as_data else say))
    if as_data:
        tell({"right": code == 0})
    return code


add_settings(
    app,
    Demo,
    _work,
    "Show a charging site at work. Headless it ends by itself, and with 1 if a single record is wrong.",
    {"seconds": "--for"},
)
