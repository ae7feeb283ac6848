# SPDX-License-Identifier: Apache-2.0
"""What is awaited of stations that are not like others is said without mistakes, or refused with where they are."""

from pathlib import Path

import pytest

from open63110.apps.config import Config, load
from open63110.apps.config_file import written
from open63110.apps.notifying import routed
from open63110.apps.quirk_config import BOUNDS, QUIRKS
from open63110.kernel.errors import Malformed
from open63110.kernel.units import Seconds
from open63110.model.quirk import SETTINGS, Quirk

SLOW = '[quirks.slow]\nvendor = "Acme*"\n'


def loaded(text: str, folder: Path) -> Config:
    path = folder / "c.toml"
    path.write_text(text)
    return load(path, {})


@pytest.mark.parametrize(
    ("said", "where", "words"),
    [
        ("[quirks.slow]\nanswer_timeout = 90", "quirks.slow", "name stations, vendor, model or firmware"),
        (SLOW, "quirks.slow", "answer_timeout"),
        (SLOW + "answer_timeout = 0", "quirks.slow.answer_timeout", "1 to 3600 seconds"),
        (SLOW + "answer_timeout = 99999", "quirks.slow.answer_timeout", "1 to 3600 seconds"),
        (SLOW + "answer_timeout = nan", "quirks.slow.answer_timeout", "1 to 3600 seconds"),
        (SLOW + "ping_every = 1", "quirks.slow.ping_every", "0 for never"),
        (SLOW + "ping_timeout = -1", "quirks.slow.ping_timeout", "1 to 3600 seconds"),
        (SLOW + "heartbeat = 0", "quirks.slow.heartbeat", "1 to 86400 seconds"),
        (SLOW + "silent_after = 1", "quirks.slow.silent_after", "10 to 604800 seconds"),
        (SLOW + "silent_after = 60", "quirks.slow", "before it says anything (ping_every is 60 s)"),
        (SLOW + "ping_every = 0\nheartbeat = 1200", "quirks.slow", "before it says anything (heartbeat is 1200 s)"),
        (SLOW + "answer_timout = 90", "quirks.slow.answer_timout", "did you mean quirks.slow.answer_timeout?"),
        (SLOW + 'answer_timeout = "long"', "quirks[...].answer_timeout", "float"),
        ('[[policy.quirks]]\nname = "x"', "policy.quirks", "[quirks.NAME]"),
    ],
)
def test_what_makes_no_sense_is_refused_with_where_it_stands(said: str, where: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Malformed) as trouble:
        loaded(said, tmp_path)
    assert trouble.value.where == where
    assert words in f"{trouble.value.message} {trouble.value.remedy}"


def test_what_is_said_is_what_decisions_know(tmp_path: Path) -> None:
    config = loaded(SLOW + "answer_timeout = 90\nping_every = 0\nheartbeat = 60", tmp_path)
    slow = Quirk(name="slow", vendor="Acme*", answer_timeout=Seconds(90.0), ping_every=Seconds(0.0), heartbeat=Seconds(60.0))
    assert routed(config).quirks == (slow,)


def test_the_example_in_the_file_that_explains_itself_will_do(tmp_path: Path) -> None:
    example = "\n".join(line.removeprefix("# ").partition("   ")[0] for line in QUIRKS.strip().splitlines()[1:])
    (quirk,) = routed(loaded(example, tmp_path)).quirks
    assert all(getattr(quirk, setting) is not None for setting in SETTINGS)
    assert set(BOUNDS) == set(SETTINGS)
    assert QUIRKS in written({})
