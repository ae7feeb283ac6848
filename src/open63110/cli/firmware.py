# SPDX-License-Identifier: Apache-2.0
"""Firmware: manifests from files, the content of images, and how far a campaign is."""

import hashlib
import os
from collections import Counter
from pathlib import Path
from typing import Any

from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, NotUnderstood, say, table, tell
from open63110.cli.site_file import read
from open63110.pki.firmware_signature import sha256_of
from open63110.station.firmware import Header, image


def import_(manifest: Path, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Say what an image is, as a file tells it, and bring its content.

    The file is TOML or JSON with what `open63110 firmware-image put` takes, and file: where the content lies, beside it.
    certificate and signature may be names of files, too; size and sha256 are worked out where they are not said.

    Args:
        manifest: Ends in .toml or .json.
        url: Where the CSMS is.
        key: API key.
        json: Print the image as JSON.
    """
    said = read(manifest)
    content = manifest.parent / str(said.pop("file", ""))
    if not content.is_file():
        raise NotUnderstood(f"{manifest} does not say in which file the image is")
    for name in ("certificate", "signature"):
        beside = manifest.parent / str(said.get(name, ""))
        if said.get(name) and len(str(said[name])) < 200 and beside.is_file():
            said[name] = _text(beside)
    said.setdefault("size", content.stat().st_size)
    said.setdefault("sha256", sha256_of(content).hex())
    csms = Csms(url, key)
    csms.post("firmware-images/put", said)
    return _brought(csms, str(said["id"]), content, as_json=json)


def _text(path: Path) -> str:
    """Read a signature or certificate as it travels; lines of base64 become one."""
    found = path.read_bytes().strip()
    if not found.isascii():
        raise NotUnderstood(f"{path} is not text: a signature is base64 (base64 -w0 {path}), a certificate PEM")
    text = found.decode("ascii")
    return text if text.startswith("-----BEGIN") else "".join(text.split())


def upload(id: str, file: Path, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Bring the content of an image of which was said what it is.

    Args:
        id: Of the image.
        file: Its content.
        url: Where the CSMS is.
        key: API key.
        json: Print the image as JSON.
    """
    return _brought(Csms(url, key), id, file, as_json=json)


def _brought(csms: Csms, id: str, file: Path, *, as_json: bool) -> int:
    with file.open("rb") as content:
        made = csms.put_file(f"firmware-images/{quoted(id)}/content", content, os.fstat(content.fileno()).st_size)
    tell(made) if as_json else say(f"{made['id']}: {made['size']} bytes, {made['sha256']}")
    return DONE


def make(content: Path, to: Path, *, vendor: str, model: list[str], version: str) -> int:
    """Make an image that stations of this product know what to do with: they look whether it is for them.

    Args:
        content: What it consists of.
        to: File to write.
        vendor: Of the stations it is for.
        model: Of the stations it is for; repeatable.
        version: What they call themselves that run it.
    """
    made = image(Header(firmware="open63110", vendor=vendor, models=tuple(model), version=version), content.read_bytes())
    to.write_bytes(made)
    say(f"{to}: {len(made)} bytes, SHA-256 {hashlib.sha256(made).hexdigest()}")
    return DONE


def progress(campaign: str, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show how far a campaign is with each station.

    Args:
        campaign: Its id.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    found = Csms(url, key).get(f"campaigns/{quoted(campaign)}")
    if json:
        tell(found)
        return DONE
    counts = Counter(one["state"] for one in found["members"])
    why = f": {found['reason']}" if found["reason"] else ""
    say(f"{found['id']} {found['state']}{why}  " + ", ".join(f"{count} {state}" for state, count in sorted(counts.items())))
    table("", ["station", "wave", "image", "state", "reason"], [_row(one) for one in found["members"]])
    return DONE


def _row(member: dict[str, Any]) -> list[str]:
    wave = "" if member["wave"] < 0 else str(member["wave"] + 1)
    return [member["station"], wave, member["image"], member["state"], member["reason"]]
