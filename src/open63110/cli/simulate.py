# SPDX-License-Identifier: Apache-2.0
"""`open63110 simulate`: fleets of simulated stations and EVs against any CSMS, ours or not; and whole sites, judged."""

import msgspec
from cyclopts import App

from open63110.apps.replay_report import words
from open63110.apps.simulate import Simulation, as_json, simulate
from open63110.apps.simulate_site import SiteSimulation, simulate_site
from open63110.apps.site_plan import read_plan, write_plan
from open63110.cli.lists import show
from open63110.cli.rest import Csms
from open63110.cli.say import DONE, NOT_DONE, note, say, tell
from open63110.cli.settings import add_settings
from open63110.cli.until import until_told
from open63110.simulator.garage import garage

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

site = App(
    name="site",
    help="Replay a whole site, with real sessions or made-up ones, and judge by the simulator's own meters.",
    help_format="plaintext",
    help_epilogue="""Exit code 0: no sample of any feeder and phase was above its limit; 1: one was, a limit took effect late,
or the CSMS accepted no station.

For example, against a CSMS with clock_factor = 60 that has imported garage.toml and knows the card:
open63110 simulate site --write-site garage.toml
open63110 simulate site --csms ws://127.0.0.1:8887/ocpp --site garage.toml --speed 60 --for 24h --cuts random""",
)
app.command(site)


def _site(settings: SiteSimulation, as_data: bool) -> int:
    plan = garage(settings.evses) if settings.site is None else read_plan(settings.site)
    if settings.write_site is not None:
        write_plan(plan, settings.write_site)
        note(f"{settings.write_site}: open63110 site import {settings.write_site} takes it")
        return DONE
    csms = Csms(settings.url or None, settings.key or None)
    found = until_told(lambda stop: simulate_site(settings, plan, csms.post, stop=stop, tell=note))
    if as_data:
        tell(msgspec.to_builtins(found))
    else:
        for line in words(found):
            say(line)
    return DONE if found.held else NOT_DONE


add_settings(
    site,
    SiteSimulation,
    _site,
    "Replay a whole site, with real sessions or made-up ones, and judge by the simulator's own meters.",
    names={"span": "--for", "start": "--from"},
)
