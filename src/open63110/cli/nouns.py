# SPDX-License-Identifier: Apache-2.0
"""Nouns of a running CSMS and their verbs: lists from what is kept, commands from the use-case table, the rest by hand."""

from collections.abc import Callable

import msgspec
from cyclopts import App

from open63110.cli import (
    bulk,
    deletions,
    devices,
    dso_orders,
    extras,
    faults,
    files,
    firmware,
    handover,
    logs,
    messages,
    moves,
    outlooks,
    power_export,
    site_power,
    sites,
    station_program,
    tariffs,
)
from open63110.cli.derived import add_door
from open63110.cli.lists import add_list, add_show
from open63110.runtime.table import discover


class Noun(msgspec.Struct, frozen=True, kw_only=True):
    """What can be done about one noun beside its commands."""

    plural: str = ""
    """As REST lists it; empty: it is not listed."""
    columns: tuple[str, ...] = ()
    """What a list shows to people."""
    more: tuple[Callable[..., int], ...] = ()
    """Verbs written by hand; they go before those that are derived."""
    doors: dict[str, str] = {}
    """Commands of other nouns that stand here too, and by which verb."""


NOUNS: dict[str, Noun] = {
    "station": Noun(
        plural="stations",
        columns=("id", "registration", "connected", "wire", "identity.vendor", "identity.model", "identity.firmware"),
        more=(
            faults.faults,
            *(extras.ocpp, extras.frames, extras.facts, power_export.export, devices.device),
            *(moves.migrate_many, moves.cancel_migrations, handover.hand_over, handover.take_over),
            *(station_program.run, station_program.init, station_program.check),
        ),
    ),
    "session": Noun(plural="sessions", columns=("number", "station", "evse", "state", "opened", "closed", "subject")),
    "transfer": Noun(plural="transfers", columns=("number", "station", "evse", "reference", "state", "began", "ended")),
    "token": Noun(plural="tokens", columns=("ref", "kind", "value", "name", "blocked", "valid_until", "group")),
    "order": Noun(plural="orders", columns=("id", "station", "kind", "by", "asked", "outcome", "reason")),
    "log": Noun(
        plural="logs", columns=("id", "kind", "asked", "state", "name", "size", "arrived", "reason", "removed"), more=(logs.save,)
    ),
    "log-criteria": Noun(
        plural="log-criteria",
        columns=("station", "id", "state", "effective.sources", "effective.period", "effective.trigger", "reduced", "reason"),
        doors={"SetLogCriteria": "set", "ClearLogCriteria": "clear", "AskLogCriteria": "ask"},
    ),
    "sdr": Noun(
        plural="sdrs", columns=("id", "session", "station", "began", "ended", "energy", "subject", "flags"), more=(extras.export,)
    ),
    "quarantine": Noun(
        plural="quarantine", columns=("id", "station", "at", "wire", "action", "reason", "replayed"), more=(extras.replay,)
    ),
    "audit": Noun(plural="audit", columns=("id", "at", "by", "role", "action", "target", "outcome", "reason")),
    "principal": Noun(
        plural="principals",
        columns=("id", "role", "name", "scope", "disabled", "has_password", "has_key"),
        more=(extras.add, extras.change),
    ),
    "site": Noun(
        plural="sites",
        columns=("id", "address"),
        more=(sites.import_, sites.export, sites.show, site_power.power, site_power.watch),
    ),
    "zone": Noun(plural="zones", columns=("site", "id", "import_max", "failsafe", "priority", "limit.asked.limit")),
    "station-tariff": Noun(
        plural="station-tariffs",
        more=(tariffs.counted, tariffs.set_many, tariffs.clear_many),
        columns=("station", "evse", "kind", "id", "valid_from", "at", "ended", "tariff.currency", "transfer"),
    ),
    "tariff": Noun(plural="tariffs", columns=("key", "id", "currency", "valid_from", "elements")),
    "constraint": Noun(plural="constraints", columns=("id", "source", "actor", "scope", "until", "expires", "critical")),
    "meter": Noun(plural="meters", columns=("site", "asset", "at", "power", "amperes", "by")),
    "power": Noun(plural="powers", columns=("site", "at", "planner", "planned")),
    "sample": Noun(plural="samples", columns=("id", "site", "at")),
    "alarm": Noun(plural="alarms", columns=("id", "kind", "place", "since", "cleared", "detail")),
    "station-alarm": Noun(
        plural="station-alarms",
        columns=("id", "severity", "component", "variable", "code", "since", "count", "cleared", "acknowledged_by", "resolved"),
    ),
    "message": Noun(
        plural="messages",
        columns=("station", "number", "standing", "reason", "message.rank", "message.state", "message.contents"),
        more=(messages.set_many, messages.clear_many),
    ),
    "message-report": Noun(plural="message-reports", columns=("station", "request", "since", "at", "trouble")),
    "der-control": Noun(
        plural="der-controls",
        columns=("station", "id", "kind", "standing", "reason", "superseded", "active", "control.start", "control.duration"),
    ),
    "allowed-transfer": Noun(
        plural="allowed-transfers", columns=("station", "reference", "modes", "standing", "reason", "at", "by")
    ),
    "battery-swap": Noun(plural="battery-swaps", columns=("station", "request", "state", "subject", "at", "brought", "taken")),
    "settlement": Noun(
        plural="settlements", columns=("station", "reference", "psp_reference", "status", "amount", "at", "receipt", "info")
    ),
    "der-report": Noun(plural="der-reports", columns=("station", "request", "since", "at", "trouble")),
    "voucher": Noun(plural="vouchers", columns=("id", "serial", "identity", "site", "zone", "until", "used_by", "used")),
    "notice": Noun(
        plural="notices",
        columns=("id", "channel", "station", "alarm.id", "change", "attempts", "sent", "given_up", "error"),
    ),
    "monitor": Noun(plural="monitors", columns=("station", "reported", "base", "level", "wishes", "installed")),
    "event-stream": Noun(plural="event-streams", columns=("id", "station", "variable", "opened", "closed", "samples", "last")),
    "inventory": Noun(plural="inventories", columns=("station", "at", "version", "firmware")),
    "discovery": Noun(plural="discoveries", columns=("station", "at", "version", "scope", "since", "tries", "trouble")),
    "inventory-difference": Noun(plural="inventory-differences", columns=("station", "at", "version", "firmware")),
    "setting": Noun(plural="settings", columns=("station", "open", "looked")),
    "template": Noun(plural="templates", columns=("id", "vendor", "model", "firmware", "settings", "by")),
    "rollout": Noun(plural="rollouts", columns=("id", "asked", "by", "stations", "settings", "note")),
    "rollout-result": Noun(plural="rollout-results", columns=("rollout", "station", "outcome", "reason", "detail", "at")),
    "catalogue": Noun(
        plural="catalogues",
        columns=("key", "version", "vendor", "model", "firmware", "signed_by", "source", "at", "by"),
        more=(faults.load, faults.explain),
    ),
    "catalogue-fetch": Noun(plural="catalogue-fetches", columns=("key", "version", "station", "at", "outcome", "reason")),
    "unknown-fault": Noun(plural="unknown-faults", columns=("code", "count", "vendor", "model", "firmware", "station", "last")),
    "fault-map": Noun(plural="fault-maps", columns=("station", "standing", "reason", "names", "at", "by")),
    "outlook": Noun(plural="outlooks", columns=("site", "kind", "asset", "until", "currency", "by"), more=(outlooks.import_,)),
    "dso": Noun(
        plural="dso-orders",
        columns=("order_id", "dso", "group", "state", "p_max_import", "reachable", "start", "end", "emergency"),
        more=(dso_orders.compliance, dso_orders.groups, dso_orders.load, dso_orders.forecasts),
        doors={
            "PutDsoOrder": "order",
            "CancelDsoOrder": "cancel",
            "PutDsoForecast": "forecast",
            "RemoveDsoForecast": "withdraw-forecast",
            "KeepDsoLink": "heartbeat",
        },
    ),
    "dso-group": Noun(plural="dso-groups", columns=("id", "dso", "name", "places"), more=(dso_orders.load,)),
    "firmware-image": Noun(
        plural="firmware-images",
        columns=("id", "vendor", "models", "version", "size", "uploaded", "trusted"),
        more=(firmware.import_, firmware.upload, firmware.make),
    ),
    "firmware-update": Noun(
        plural="firmware-updates", columns=("station", "request", "image", "version", "state", "asked", "ended", "campaign")
    ),
    "firmware-publication": Noun(plural="firmware-publications", columns=("station", "image", "state", "locations", "changed")),
    "campaign": Noun(
        plural="campaigns", columns=("id", "images", "state", "reason", "began", "ended"), more=(firmware.progress,)
    ),
    "deletion": Noun(
        plural="deletions",
        columns=("id", "by", "type", "state", "asked", "deadline", "closed"),
        more=(deletions.report,),
    ),
    "deletion-item": Noun(plural="deletion-items", columns=("request", "holder", "data", "result", "count", "reason", "at")),
    "customer-report": Noun(plural="customer-reports", columns=("id", "station", "subject", "asked", "last", "lines")),
    "file": Noun(more=(files.put, files.list_, files.remove)),
    "stream": Noun(more=(bulk.send, bulk.fetch, bulk.list_, bulk.show, bulk.cancel, bulk.save)),
    "key": Noun(more=(extras.new, extras.use)),
}


def app_of(noun: str) -> App:
    """Make the commands of a noun."""
    epilogue = "Where the CSMS is, and the key: --url and --key, OPEN63110_URL and OPEN63110_KEY, or open63110 key use, once."
    app, known = App(name=noun, help_format="plaintext", help_epilogue=epilogue), NOUNS[noun]
    by_hand = {one.__name__.strip("_") for one in known.more}
    if known.plural:
        add_list(app, known.plural, known.columns)
    if known.plural and "show" not in by_hand:
        add_show(app, known.plural)
    for case in discover().cases:
        for door in case.doors:
            if door.noun == noun and door.verb not in by_hand:
                add_door(app, door, case.clause)
            elif door.command.__name__ in known.doors:
                add_door(app, door, case.clause, known.doors[door.command.__name__])
    for verb in known.more:
        app.command(verb)
    return app


def __getattr__(noun: str) -> App:
    """Make the app of a noun when it is asked for, as ``nouns.station``."""
    if noun not in NOUNS:
        raise AttributeError(noun)
    return app_of(noun)
