# SPDX-License-Identifier: Apache-2.0
"""The report of a deletion of personal data, to a file or to people."""

import hashlib
from pathlib import Path
from typing import Any

from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, NOT_DONE, AsJson, complain, note, table, tell


def report(deletion: str, *, out: Path | None = None, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show what became of a deletion at each holder; with --out write the report, and hold it against its digest.

    Args:
        deletion: Its id.
        out: Write the report to this file, word by word.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    csms = Csms(url, key)
    path = f"deletions/{quoted(deletion)}"
    if out is not None and not _saved(csms, path, out):
        return NOT_DONE
    said: dict[str, Any] = csms.get(f"{path}/report")
    if json:
        tell(said)
    elif out is None:
        rows = [[str(one[name]) for name in ("holder", "class", "result", "count", "reason", "t")] for one in said["items"]]
        table("", ["holder", "data", "result", "count", "reason", "at"], rows)
    return DONE


def _saved(csms: Csms, path: str, out: Path) -> bool:
    """Write a report to a file; tell whether it is the one whose digest the CSMS has."""
    wanted = csms.get(path)["digest"]  # first: should it be closed meanwhile, the report is a later one
    raw = b"".join(csms.chunks(f"{path}/report", {}))
    out.write_bytes(raw)
    digest = hashlib.sha256(raw).hexdigest()
    if wanted and wanted != digest:
        complain(f"the SHA-256 of {out} is {digest}, and not {wanted}: it is not the report that was made")
        return False
    note(f"{out}: SHA-256 {digest}" + ("" if wanted else "; the deletion is not closed yet"))
    return True
