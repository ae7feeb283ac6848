# SPDX-License-Identifier: Apache-2.0
"""Machine secrets: a fast keyed hash of long random strings, weak ones refused."""

import pytest

from open63110.runtime.keys import Keys, weakness


def test_a_secret_matches_its_own_hash_and_no_other() -> None:
    keys = Keys(b"p" * 32)
    stored = keys.hash("CS-1", "correct horse battery")
    assert keys.matches("CS-1", "correct horse battery", stored)
    assert not keys.matches("CS-1", "correct horse batterY", stored)
    assert not keys.matches("CS-2", "correct horse battery", stored)
    assert not Keys(b"q" * 32).matches("CS-1", "correct horse battery", stored)


def test_no_stored_hash_matches_nothing_not_even_an_empty_secret() -> None:
    assert not Keys(b"p" * 32).matches("CS-1", "", "")


@pytest.mark.parametrize(("secret", "weak"), [("short", True), ("aaaaaaaaaaaaaaaaaaaa", True), ("k3jd9s0fj2lq8d7h", False)])
def test_short_and_repetitive_secrets_are_refused(secret: str, weak: bool) -> None:
    assert bool(weakness(secret)) is weak
