# SPDX-License-Identifier: Apache-2.0
"""Verbs that no table gives: raw calls, frames, facts, exports, replay, principals and their keys."""

import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from open63110.cli.derived import structure, told
from open63110.cli.lists import cell
from open63110.cli.rest import USUAL_URL, Csms, Key, Url, kept_file, quoted
from open63110.cli.say import DONE, AsJson, NotUnderstood, say, table, tell
from open63110.kernel.roles import Role

if TYPE_CHECKING:
    RoleName = str
else:
    RoleName = Literal[tuple(str(role) for role in Role)]


def ocpp(
    station: str,
    action: str,
    payload: str = "{}",
    *,
    unchecked: Annotated[bool, Parameter(negative=())] = False,
    wait: float | None = None,
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Send any call of OCPP word by word: `open63110 station ocpp CS1 Reset '{"type": "Immediate"}'`.

    Args:
        station: Id of the station.
        action: As the station's version calls it.
        payload: As JSON.
        unchecked: Send it even if it breaks the schema: for testing stations.
        wait: How long to wait for the outcome [s]; 30 unless given, 0: not at all.
        url: Where the CSMS is.
        key: API key.
        json: Print the order as JSON.
    """
    body = {"action": action, "payload": structure(payload), "unchecked": unchecked}
    status, order = Csms(url, key).post(f"stations/{quoted(station)}/ocpp", body, {"wait": wait})
    if not json and order.get("answer"):
        say(order["answer"])
    return told(status, order, as_json=json, waited=wait != 0)


def frames(station: str, *, limit: int = 20, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show the newest raw frames of a station, newest first.

    Args:
        station: Id of the station.
        limit: At most so many.
        url: Where the CSMS is.
        key: API key.
        json: Print them as JSON.
    """
    items = Csms(url, key).get(f"stations/{quoted(station)}/frames", {"limit": limit})["items"]
    if json:
        tell(items)
    else:
        table("", ["at", "", "frame"], [[one["at"], "sent" if one["sent"] else "heard", one["text"]] for one in items])
    return DONE


def facts(station: str, *, limit: int = 50, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show the newest facts of a station from the journal, newest first.

    Args:
        station: Id of the station.
        limit: At most so many.
        url: Where the CSMS is.
        key: API key.
        json: Print them as JSON.
    """
    said = {"limit": limit, "newest": True}
    items = Csms(url, key).get(f"stations/{quoted(station)}/facts", said)["items"]
    if json:
        tell(items)
    else:
        table("", ["id", "heard", "kind", "fact"], [[cell(one[c]) for c in ("id", "heard", "kind", "fact")] for one in items])
    return DONE


def export(
    *,
    to: Path | None = None,
    form: Annotated[Literal["csv", "json"], Parameter(name="--format")] = "csv",
    station: str | None = None,
    produced_from: str | None = None,
    produced_to: str | None = None,
    url: Url = None,
    key: Key = None,
) -> int:
    """Export every record, oldest first, as CSV with units in the heading or as JSON.

    Args:
        to: File to write; without it stdout.
        form: csv or json.
        station: Of this station only.
        produced_from: Produced at or after, as 2030-12-31T23:59:59Z.
        produced_to: Produced before.
        url: Where the CSMS is.
        key: API key.
    """
    said = {"format": form, "station": station, "produced_from": produced_from, "produced_to": produced_to}
    pieces = Csms(url, key).chunks("sdrs", said)
    if to is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.flush()
        return DONE
    draft = to.with_name(f"{to.name}.partial")
    with draft.open("wb") as file:
        file.writelines(pieces)
    draft.replace(to)
    return DONE


def replay(number: int, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Feed a quarantined input in again.

    Args:
        number: Its id, as `open63110 quarantine list` shows it.
        url: Where the CSMS is.
        key: API key.
        json: Print the result as JSON.
    """
    _, done = Csms(url, key).post(f"quarantine/{number}/replay")
    tell(done) if json else say(f"{number} was taken in")
    return DONE


def add(
    name: Annotated[str, Parameter(name="id")],
    *,
    role: RoleName,
    full_name: str = "",
    scope: Annotated[list[str] | None, Parameter(negative=())] = None,
    password_file: Path | None = None,
    ask_password: Annotated[bool, Parameter(negative=())] = False,
    secret_file: Path | None = None,
    factory: bool = False,
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Admit a person, a system or a station. Who has no password gets a key, shown this once.

    Args:
        name: Its id; of a station the id it connects with.
        role: Exactly one.
        full_name: For people to read.
        scope: Stations it may speak of: an id, or a prefix that ends in an asterisk; of a dso or fo places: /SITE, /SITE/ZONE;
            repeatable; all unless given, but a dso or fo has to be given some.
        password_file: Holds the password of a person.
        ask_password: Ask for it on the terminal.
        secret_file: Holds a key chosen elsewhere, such as the password a station has already.
        factory: Whoever made the station chose that; once on board it is given another.
        url: Where the CSMS is.
        key: API key.
        json: Print the result as JSON.
    """
    body: dict[str, Any] = {"id": name, "role": role, "name": full_name} | ({"scope": scope} if scope else {})
    if password_file or ask_password:
        body["password"] = _read(password_file) if password_file else getpass(f"Password of {name}: ")
    if secret_file:
        body |= {"secret": _read(secret_file)} | ({"factory": True} if factory else {})
    _, admitted = Csms(url, key).post("principals", body)
    return _admitted(admitted, as_json=json)


def change(
    name: Annotated[str, Parameter(name="id")],
    *,
    role: RoleName | None = None,
    full_name: str | None = None,
    scope: Annotated[list[str] | None, Parameter(negative=())] = None,
    disabled: bool | None = None,
    password_file: Path | None = None,
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Change a principal, or shut it out with --disabled.

    Args:
        name: Its id.
        role: Its new role.
        full_name: For people to read.
        scope: Stations it may speak of from now on; repeatable.
        disabled: Shut it out, or with --no-disabled let it in again.
        password_file: Holds a new password.
        url: Where the CSMS is.
        key: API key.
        json: Print the result as JSON.
    """
    wanted = {"role": role, "name": full_name, "scope": scope, "disabled": disabled}
    body = {field: value for field, value in wanted.items() if value is not None}
    if password_file:
        body["password"] = _read(password_file)
    if not body:
        raise NotUnderstood("nothing to change was named")
    return _admitted(Csms(url, key).patch(f"principals/{quoted(name)}", body), as_json=json)


def new(name: Annotated[str, Parameter(name="id")], *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Give a principal a new key, shown this once; the old one is void at once.

    Args:
        name: Id of the principal.
        url: Where the CSMS is.
        key: API key.
        json: Print the result as JSON.
    """
    return _admitted(Csms(url, key).patch(f"principals/{quoted(name)}", {"new_key": True}), as_json=json)


def use(*, url: str = USUAL_URL, key_file: Path | None = None, json: AsJson = False) -> int:
    """Keep URL and key of a CSMS for this user, once they are seen to work.

    Args:
        url: Where it is.
        key_file: Holds the key; without it you are asked, or it is read from stdin.
        json: Print the result as JSON.
    """
    if key_file is not None:
        secret = _read(key_file)
    else:
        secret = getpass("API key: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    Csms(url, secret).get("stations", {"limit": 1})
    path = kept_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(f'url = "{url}"\nkey = "{secret}"\n', encoding="utf-8")
    tell({"kept": str(path), "url": url}) if json else say(f"kept in {path}")
    return DONE


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def _admitted(admitted: dict[str, Any], *, as_json: bool) -> int:
    if as_json:
        tell(admitted)
        return DONE
    principal = admitted["principal"]
    say(f"{principal['id']}: {principal['role']}{', shut out' if principal['disabled'] else ''}")
    if admitted["key"]:
        say(f"key: {admitted['key']}   shown this once")
    return DONE
