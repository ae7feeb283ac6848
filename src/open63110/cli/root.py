# SPDX-License-Identifier: Apache-2.0
"""Which nouns there are. Each is imported when it is used, so that --help is there at once."""

from importlib.metadata import version

from cyclopts import App

app = App(
    name="open63110",
    help="""The system of IEC 63110-1: manages charging stations that speak OCPP 1.6, 2.0.1 and 2.1.

A first CSMS on this machine:

    open63110 csms init
    open63110 csms
""",
    help_epilogue="Exit codes: 0 done, 1 not done (the reason is on stderr), 2 not understood.",
    help_format="markdown",
    version=lambda: f"open63110 {version('open63110')}",
)
app.command("open63110.cli.csms:app", name="csms", help="Run a CSMS, or set one up.")
app.command("open63110.cli.archive:backup", name="backup", help="Copy a CSMS, running or not, into a new folder.")
app.command("open63110.cli.archive:restore", name="restore", help="Put a backup in the place of a CSMS that does not run.")
app.command("open63110.cli.config:app", name="config", help="See what is configured, and whether it will do.")
app.command("open63110.cli.doctor:doctor", name="doctor", help="See whether this machine is fit for a CSMS.")
app.command("open63110.cli.clauses:clauses", name="clauses", help="See which clauses of the standard are carried.")

OF_A_CSMS = {
    "station": "Stations: list, admit, reboot, call …",
    "session": "Service sessions: list, start and stop remotely.",
    "transfer": "Energy transfers.",
    "token": "Credentials the operator knows.",
    "order": "Commands given to stations, and what became of them.",
    "sdr": "Service detail records: list, export.",
    "quarantine": "What could not be understood: list, replay.",
    "audit": "Who asked what.",
    "principal": "Who may ask: add, change, shut out.",
    "key": "API keys: make a new one, keep one for this user.",
}
for noun, words in OF_A_CSMS.items():
    app.command(f"open63110.cli.nouns:{noun}", name=noun, help=words, group="A running CSMS")
