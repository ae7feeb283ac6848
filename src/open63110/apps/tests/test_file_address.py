# SPDX-License-Identifier: Apache-2.0
"""Where stations reach a CSMS by HTTP: where it is said, by TLS, and without it on this machine only (8.3.10, 8.3.6)."""

from typing import Any

import pytest

from open63110.apps.config import Config, Firmware, Uploads, Web, check
from open63110.apps.file_address import address_of
from open63110.kernel.errors import Malformed


def address(port: int = 8880, web: dict[str, Any] | None = None, **uploads: Any) -> str:
    found = {address_of(files(**uploads), Web(**(web or {})), port) for files in (Uploads, Firmware)}
    assert len(found) == 1, "logs and firmware go the same way"
    return found.pop()


def test_what_is_said_counts_before_what_can_be_derived() -> None:
    said = {"public_url": "https://page.example"}
    assert address(web=said, url="https://logs.example/csms") == "https://logs.example/csms"
    assert address(web=said) == "https://page.example"
    assert address(web={"host": "0.0.0.0", "certificate": "c", "key": "k"}) == "https://localhost:8880"
    assert address(web={"host": "::1", "certificate": "c", "key": "k"}) == "https://[::1]:8880"


def test_without_tls_files_come_on_this_machine_only_unless_that_is_said() -> None:
    assert address() == "http://127.0.0.1:8880"
    assert address(web={"host": "::1"}) == "http://[::1]:8880"
    assert address(web={"host": "10.0.0.7"}) == ""
    assert address(web={"public_url": "http://page.example"}) == ""
    assert address(web={"host": "10.0.0.7"}, without_tls=True) == "http://10.0.0.7:8880"
    assert address(port=0) == ""


@pytest.mark.parametrize(
    ("uploads", "where"),
    [
        ({"url": "http://logs.example"}, "uploads.url"),
        ({"url": "ftp://logs.example", "without_tls": True}, "uploads.url"),
        ({"largest": 0}, "uploads.largest"),
        ({"largest": 10, "most": 5}, "uploads.largest"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(uploads: dict[str, Any], where: str) -> None:
    with pytest.raises(Malformed) as told:
        check(Config(uploads=Uploads(**uploads)))
    assert told.value.where == where
