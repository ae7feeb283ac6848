# SPDX-License-Identifier: Apache-2.0
"""Listeners as words: each kind becomes a table that the configuration accepts."""

from pathlib import Path

import pytest

from open63110.apps.config import load
from open63110.apps.config_file import written
from open63110.cli.listeners import chosen_listeners, endpoint
from open63110.cli.say import NotUnderstood

FILES = (Path("chain.pem"), Path("key.pem"), Path("authorities.pem"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:0", ("127.0.0.1", 0)),
        ("[::1]:8887", ("::1", 8887)),
        (":65535", ("", 65535)),
        ("csms.example:1", ("csms.example", 1)),
    ],
)
def test_an_endpoint_is_a_host_and_a_port(text: str, found: tuple[str, int]) -> None:
    assert endpoint(text) == found


@pytest.mark.parametrize("text", ["", "host", "host:", "host:x", "host:65536", "host:-1"])
def test_anything_else_is_no_endpoint(text: str) -> None:
    with pytest.raises(NotUnderstood, match="is no HOST:PORT"):
        endpoint(text)


def test_every_kind_becomes_a_table_that_will_do(tmp_path: Path) -> None:
    words = ["plain:h:1", "open:h:2", "tls:h:3", "mtls:[::]:4", "other=plain:h:5"]
    path = tmp_path / "c.toml"
    path.write_text(written({"listeners": chosen_listeners(words, *FILES)}), encoding="utf-8")
    found = load(path, {}).listeners
    assert {name: (one.port, one.plain, one.password) for name, one in found.items()} == {
        "plain": (1, True, True),
        "open": (2, True, False),
        "tls": (3, False, True),
        "mtls": (4, False, False),
        "other": (5, True, True),
    }
    assert found["tls"].certificate == str(Path("chain.pem").absolute())
    assert found["tls"].client_authorities == ""
    assert found["mtls"].client_authorities == str(Path("authorities.pem").absolute())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["plain:h:1", "plain:h:2"], "two listeners are called plain"),
        (["a=plain:h:1", "a=open:h:2"], "two listeners are called a"),
        (["wss:h:1"], "a listener is one of plain, open, tls, mtls"),
        (["tls:h:1"], "needs --certificate and --key"),
        (["mtls:h:1"], "needs --certificate and --key and --client-authorities"),
    ],
)
def test_what_cannot_be_a_listener_is_told_how(words: list[str], complaint: str) -> None:
    with pytest.raises(NotUnderstood, match=complaint):
        chosen_listeners(words, None, None, None)
