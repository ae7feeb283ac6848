# SPDX-License-Identifier: Apache-2.0
"""Which nouns there are. Each is imported when it is used, so that --help is there at once."""

from cyclopts import App


def _version() -> str:
    from importlib.metadata import version

    return f"open63110 {version('open63110')}"


app = App(
    name="open63110",
    help="""The system of IEC 63110-1: manages charging stations that speak OCPP 1.6, 2.0.1 and 2.1.

A first CSMS on this machine:

    open63110 csms init
    open63110 csms
""",
    help_epilogue="Exit codes: 0 done, 1 not done (the reason is on stderr), 2 not understood.",
    help_format="plaintext",
    version=_version,
    suppress_keyboard_interrupt=False,
)
HERE = {
    "demo": ("demo:app", "Show a charging site at work: CSMS, stations of three OCPP versions, EVs, the page."),
    "csms": ("csms:app", "Run a CSMS, or set one up."),
    "local-csms": ("local_csms:app", "Run the CSMS of a site, one link to the CSMS above it, or set one up."),
    "config": ("config:app", "See what is configured, and whether it will do."),
    "doctor": ("doctor:doctor", "See whether this machine is fit for a CSMS."),
    "backup": ("archive:backup", "Copy a CSMS, running or not, into a new folder."),
    "restore": ("archive:restore", "Put a backup in the place of a CSMS that does not run."),
    "pki": ("pki:app", "Certificates from an authority of one's own: issue, list, revoke."),
    "link": ("link:app", "Have a link of one's own to a CSMS: watch power, limits, states, sessions."),
    "clauses": ("clauses:clauses", "See which clauses of the standard are carried."),
    "policy": ("policy:policy", "See who may ask and say what."),
    "simulate": ("simulate:app", "Play charging stations and EVs against any CSMS."),
    "bench": ("bench:bench", "Measure this machine's speed with it; in a source tree only."),
    "completion": ("completion:completion", "Print the script that lets a shell complete these words."),
}
for word, (place, words) in HERE.items():
    app.command(f"open63110.cli.{place}", name=word, help=words, group="This machine")

OF_A_CSMS = {
    "station": "Stations: list, admit, reboot, call …; or be one: run.",
    "site": "Sites: into a file and out of one, what stands there, their power against limits, what meters show.",
    "zone": "Zones of sites: limit their stations together.",
    "station-tariff": "Tariffs that stations hold: set, ask, clear, change for one energy transfer.",
    "tariff": "Tariffs of zones and sites: what charging costs where.",
    "constraint": "Constraints: who demands what of the power at which place.",
    "deletion": "Deletion of what is known of persons, and the reports of it.",
    "deletion-item": "What became of a deletion at each holder.",
    "customer-report": "What stations say they keep of a customer.",
    "outlook": "What is expected at sites: prices, carbon, demand charges, loads, the sun.",
    "power": "The power of sites as it is now.",
    "meter": "What meters of sites showed last.",
    "sample": "The power of sites as it was.",
    "der-control": "How stations behave towards the grid: set, clear, ask, list.",
    "allowed-transfer": "In which ways energy may go during a transfer: list.",
    "battery-swap": "Batteries that go in and out at stations: request, list.",
    "settlement": "Payments at the terminals of stations: list.",
    "der-report": "When stations last said how they behave towards the grid.",
    "message": "What the displays of stations show: set, clear, ask, list.",
    "message-report": "When stations last said what their displays show.",
    "catalogue": "Fault codes of makers: import, list, remove, explain one.",
    "catalogue-fetch": "Which catalogues of fault codes stations announced, and what became of them.",
    "unknown-fault": "Codes that stations report and no catalogue explains.",
    "fault-map": "What stations are to call their faults.",
    "alarm": "What is wrong with the power of sites.",
    "station-alarm": "What is wrong with stations: list, acknowledge, resolve.",
    "dso": "What a DSO orders, publishes and is told: order, cancel, forecast, heartbeat, compliance …",
    "dso-group": "Groups of places that a DSO may address: put, remove, see their power.",
    "inventory": "What stations consist of and how they are set, as they said last.",
    "discovery": "How far it is known what stations consist of.",
    "inventory-difference": "In what a station was found to be another than before.",
    "notice": "What is to be told of alarms by e-mail and webhook, and what became of it.",
    "monitor": "What stations watch, and tell of by themselves: set, read, clear.",
    "event-stream": "Values that stations send all the time.",
    "voucher": "By what machines come on board that nobody registered.",
    "setting": "What stations are to be set to, and are.",
    "template": "What all stations of a model are to be set to: put, remove.",
    "rollout": "Settings for many stations at once: apply, list.",
    "rollout-result": "What came of a rollout at each station.",
    "session": "Service sessions: list, start and stop remotely, say what they need.",
    "transfer": "Energy transfers.",
    "token": "Credentials the operator knows.",
    "order": "Commands given to stations, and what became of them.",
    "log": "Logs of stations: fetch diagnostics, security and what was measured; list, save, remove.",
    "log-criteria": "What stations log of what they measure: set, clear, ask.",
    "sdr": "Service detail records: list, export.",
    "quarantine": "What could not be understood: list, replay.",
    "audit": "Who asked what.",
    "principal": "Who may ask: add, change, shut out.",
    "firmware-image": "Firmware: what images are, and their content.",
    "firmware-update": "Firmware: what became of each order.",
    "firmware-publication": "Firmware: images that local controllers and local CSMSs serve.",
    "campaign": "Firmware for many stations, wave after wave: start, progress, pause, resume, cancel.",
    "file": "Files for stations: put, list, remove.",
    "stream": "Files on their way: send one to a station, fetch a log, see how far they are.",
    "key": "API keys: make a new one, keep one for this user.",
}
for noun, words in OF_A_CSMS.items():
    app.command(f"open63110.cli.nouns:{noun}", name=noun, help=words, group="A running CSMS")
