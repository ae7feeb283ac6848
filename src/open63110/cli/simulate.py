# SPDX-License-Identifier: Apache-2.0
"""`open63110 simulate`: fleets of simulated stations and EVs against any CSMS, ours or not."""

from cyclopts import App

from open63110.apps.simulate import Simulation, as_json, simulate
from open63110.cli.lists import show
from open63110.cli.say import DONE, note, tell
from open63110.cli.settings import add_settings
from open63110.cli.until import until_told

app = App(
    name="simulate",
    help_format="plaintext",
    help_epilogue="For example: open63110 simulate ws://127.0.0.1:8887/ocpp --stations 20 --duration 60",
)


def _work(settings: Simulation, as_data: bool) -> int:
    summary = as_json(until_told(lambda stop: simulate(settings, stop=stop, tell=note)))
    (tell if as_data else show)(summary)
    return DONE


add_settings(
    app,
    Simulation,
    _work,
    "Play charging stations with realistic EVs, as real WebSocket clients, until Ctrl-C or for --duration.",
)
