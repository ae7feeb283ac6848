# SPDX-License-Identifier: Apache-2.0
"""Troubles that are kept for a while."""

import pytest

from open63110.kernel.errors import Unknown


def fail() -> None:
    try:
        int("none")
    except ValueError as fault:
        raise Unknown("outer") from fault


def test_what_is_kept_of_a_trouble_keeps_no_frames_alive() -> None:
    with pytest.raises(Unknown) as caught:
        fail()
    kept = caught.value.alone()
    assert (kept.__traceback__, kept.__context__, kept.__cause__) == (None, None, None)
    assert (kept.message, kept.code) == ("outer", "Unknown")
