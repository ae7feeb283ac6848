# SPDX-License-Identifier: Apache-2.0
"""Where a URL leads: what comes from another party is read before anything is asked of it."""

import pytest

from open63110.wire.http import place_of


def test_an_address_that_ends_with_a_slash_is_a_folder() -> None:
    assert place_of("https://csms.example/logs/", "a b.log").target == "/logs/a%20b.log"
    assert place_of("https://csms.example/logs?for=CS", "x").target == "/logs?for=CS"
    found = place_of("https://[::1]:8443", "x")
    assert (found.host, found.port, found.secure, found.target, found.named) == ("::1", 8443, True, "/x", "[::1]:8443")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "https:///x",
        "example.com",
        "",
        "https://example.com/a b",
        "https://example.com/\u20ac",
        "https://example.com:99999/",
        "https://example.com:port/",
        "https://a..b/",
        f"https://{'x' * 64}.example/",
        "https://[::1/",
    ],
)
def test_what_is_no_address_of_http_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        place_of(url, "x")
