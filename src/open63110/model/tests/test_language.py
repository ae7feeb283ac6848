# SPDX-License-Identifier: Apache-2.0
"""Languages: tags, lookup, and what a browser accepts."""

import pytest

from open63110.model.language import accepted, best, is_language


@pytest.mark.parametrize(("tag", "good"), [("en", True), ("de-CH", True), ("zh-Hant-TW", True), ("e", False), ("en_US", False)])
def test_a_tag_is_one_or_not(tag: str, good: bool) -> None:
    assert is_language(tag) is good


@pytest.mark.parametrize(
    ("wanted", "there", "found"),
    [
        (("de",), ("en", "de"), "de"),
        (("de-CH",), ("en", "de"), "de"),
        (("DE",), ("en", "de-AT"), "de-AT"),
        (("fr", "en-GB"), ("en", "de"), "en"),
        (("*",), ("en", "de"), "en"),
        (("fr",), ("en", "de"), None),
        ((), ("en",), None),
        (("*",), (), None),
    ],
)
def test_somebody_is_shown_what_is_nearest_to_what_he_wants(
    wanted: tuple[str, ...], there: tuple[str, ...], found: str | None
) -> None:
    assert best(wanted, there) == found


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("de-CH, en;q=0.8, *;q=0.1", ("de-CH", "en", "*")),
        ("en;q=0.2,fr;q=0.9", ("fr", "en")),
        ("de;q=0, en", ("en",)),
        ("", ()),
        ("!!, de;q=x", ()),
    ],
)
def test_what_a_browser_accepts_is_read_the_best_first(header: str, tags: tuple[str, ...]) -> None:
    assert accepted(header) == tags
