# SPDX-License-Identifier: Apache-2.0
"""What one operator knows of stations and wants of them, in a file for the one that takes them over (8.3.14)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from open63110.cli.lists import rows
from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, NOT_DONE, NotUnderstood, complain, note, say
from open63110.kernel.errors import Malformed, Trouble

MOST = 10_000
"""Of settings, or of messages, of one station."""

STANDING = frozenset({"wanted", "set"})
"""Of messages that go along: those that are, or are to be, at the station because somebody wanted that."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Of a station that is taken out of use; 0: all of them."""

    evse: int = 0
    connector: int = 0


class _Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a variable is held to be."""

    variable: str
    value: str
    kind: str = "actual"


class HandedOver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One station. Secrets and EV users are not in it; whoever takes it over gives it a secret of its own."""

    station: str
    serial: str = ""
    note: str = ""
    vendor: str = ""
    model: str = ""
    firmware: str = ""
    settings: tuple[_Setting, ...] = ()
    messages: tuple[dict[str, Any], ...] = ()
    """As they are set: texts, and when they are shown."""
    out_of_use: tuple[_Part, ...] = ()


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is handed over at once."""

    stations: tuple[HandedOver, ...]


def hand_over(
    file: Path,
    *stations: str,
    overwrite: Annotated[bool, Parameter(negative=())] = False,
    url: Url = None,
    key: Key = None,
) -> int:
    """Write into a file what the next operator of stations needs of what is wanted of them here (8.3.14).

    That is who they are, which settings they are held to, what their displays show, which parts are out of use. Secrets, and what
    is known of EV users, stay here; records are exported by `open63110 sdr export`.

    Args:
        file: JSON; - prints it.
        stations: Their ids.
        overwrite: Replace the file if it is there.
        url: Where the CSMS is.
        key: API key.
    """
    if not stations:
        raise NotUnderstood("name the stations that are handed over")
    csms = Csms(url, key)
    words = msgspec.json.format(msgspec.json.encode(File(tuple(_known(csms, one) for one in stations)))).decode()
    if str(file) == "-":
        say(words)
        return DONE
    try:
        with file.open("w" if overwrite else "x", encoding="utf-8", newline="\n") as there:
            there.write(words + "\n")
    except FileExistsError as fault:
        raise NotUnderstood(f"{file} is there already: --overwrite replaces it") from fault
    note(f"{len(stations)} station{'s' * (len(stations) != 1)} in {file}")
    return DONE


def _known(csms: Csms, station: str) -> HandedOver:
    found = csms.get(f"stations/{quoted(station)}")
    settings = [one for row in rows(csms, "settings", {"station": station}, MOST) for one in row["settings"]]
    messages = [one["message"] for one in rows(csms, "messages", {"station": station}, MOST) if one["standing"] in STANDING]
    said = found["identity"]
    return HandedOver(
        station=station,
        serial=said["serial"],
        note=found["note"],
        vendor=said["vendor"],
        model=said["model"],
        firmware=said["firmware"],
        settings=tuple(
            _Setting(one["variable"], one["value"], one["kind"])
            for one in settings
            if one["held"] and not one["template"] and one["value"] is not None
        ),
        messages=tuple({name: value for name, value in one.items() if value} for one in messages if not one["transfer"]),
        out_of_use=tuple(_Part(one["evse"], one["connector"]) for one in found["availability"] if not one["operative"]),
    )


def take_over(file: Path, *, url: Url = None, key: Key = None) -> int:
    """Expect the stations of a file that `open63110 station hand-over` wrote, and want of them what it says (8.3.14).

    What one of them does not take is said, and the rest goes on. Stations that are not here yet are told when they come.

    Args:
        file: JSON.
        url: Where the CSMS is.
        key: API key.

    Raises:
        Malformed: the file is no such one.
    """
    try:
        there = msgspec.json.decode(file.read_bytes(), type=File)
    except msgspec.DecodeError as fault:
        remedy = "open63110 station hand-over writes such files"
        raise Malformed(f"{file} hands nothing over: {fault}", where="file", remedy=remedy) from fault
    csms, vain = Csms(url, key), 0
    for one in there.stations:
        refused = 0
        for verb, body in _wishes(one):
            try:
                csms.post(f"stations/{quoted(one.station)}/{verb}", body)
            except Trouble as trouble:
                complain(f"{one.station}: {verb}: {trouble.message}", trouble.remedy)
                refused += 1
                if verb == "register":  # nobody waits for it, so all else would be in vain, too
                    break
        say(f"{one.station} {'is expected' if not refused else 'is not taken over as it was'}")
        vain += refused
    return NOT_DONE if vain else DONE


def _wishes(one: HandedOver) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "register", {"serial": one.serial, "note": one.note}
    if one.settings:
        yield "set-variables", {"settings": msgspec.to_builtins(one.settings), "hold": True}
    for message in one.messages:
        yield "messages/set", message
    for part in one.out_of_use:
        yield "change-availability", {"operative": False, "evse": part.evse, "connector": part.connector}
