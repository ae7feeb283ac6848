# SPDX-License-Identifier: Apache-2.0
"""Fault codes on the command line: catalogues from files, and what is wrong with a station in words."""

import sys
from pathlib import Path
from typing import Any

from open63110.cli.derived import told
from open63110.cli.lists import show
from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, NotUnderstood, table, tell


def load(
    file: Path, *, signature: Path | None = None, replace: bool = False, url: Url = None, key: Key = None, json: AsJson = False
) -> int:
    """Take in what a maker says of the fault codes of his stations (8.3.11).

    Args:
        file: The catalogue in JSON, or - for standard input.
        signature: File of the signature, in base64; else FILE.sig, if that is there.
        replace: Take it even if it says otherwise than one of the same version did.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    beside = file.with_name(f"{file.name}.sig")
    signed = signature or (beside if str(file) != "-" and beside.exists() else None)
    body = {"content": _text(file), "signature": _text(signed).strip() if signed else "", "replace": replace}
    status, order = Csms(url, key).post("catalogues/import", body)
    return told(status, order, as_json=json, waited=True)


def _text(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeError) as fault:
        raise NotUnderstood(f"{file} cannot be read: {fault}") from fault


def explain(
    code: str,
    *,
    vendor: str = "",
    model: str = "",
    firmware: str = "",
    language: str = "",
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Say what a fault code means, by the catalogues of the CSMS and by the standard codes (8.3.11).

    Args:
        code: As the station says it, or a standard one, as CX004.
        vendor: Of the station.
        model: Of the station.
        firmware: Of the station.
        language: As de or en-GB.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    said = {"vendor": vendor, "model": model, "firmware": firmware, "language": language}
    found = Csms(url, key).get(f"fault-codes/{quoted(code)}", {name: value for name, value in said.items() if value})
    if json:
        tell(found)
    else:
        show(found)
    return DONE


def faults(station: str, *, language: str = "", url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Say what is wrong with a station, in words (8.3.11).

    Args:
        station: Id of the station.
        language: As de or en-GB.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    items = Csms(url, key).get(f"stations/{quoted(station)}/faults", {"language": language} if language else {})["items"]
    if json:
        tell(items)
        return DONE
    table("", ["severity", "place", "code", "standard", "what", "remedy"], [_row(one) for one in items])
    return DONE


def _row(one: dict[str, Any]) -> list[str]:
    alarm, meaning = one["alarm"], one["meaning"] or {}
    code = alarm["vendor_code"] or alarm["code"]
    what = meaning.get("text") or alarm["text"] or alarm["variable"] or alarm["kind"]
    return [str(alarm["severity"]), alarm["component"], code, meaning.get("standard", ""), what, meaning.get("remedy", "")]
