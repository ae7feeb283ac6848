# SPDX-License-Identifier: Apache-2.0
"""`open63110 link`: lengths of time, and what is refused before anybody is dialled."""

import pytest

from open63110.cli.link import seconds
from open63110.cli.root import app
from open63110.cli.say import NOT_DONE, NOT_UNDERSTOOD, NotUnderstood, guarded


@pytest.mark.parametrize(("text", "long"), [("500ms", 0.5), ("1s", 1.0), ("2.5", 2.5), ("5min", 300.0), ("2h", 7200.0)])
def test_a_length_of_time_has_the_unit_it_names(text: str, long: float) -> None:
    assert seconds(text) == long


@pytest.mark.parametrize("text", ["", "s", "1 day", "-1s", "1e3"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        seconds(text)


def test_a_topic_that_there_is_not_is_not_understood(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["link", "watch", "wss://localhost:1/link", "--topic", "weather"]) == NOT_UNDERSTOOD
    assert "weather" in capsys.readouterr().err


def test_a_certificate_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["link", "watch", "wss://localhost:1/link", "--certificate", "/nowhere.pem"]) == NOT_DONE
    assert "/nowhere.pem" in capsys.readouterr().err
