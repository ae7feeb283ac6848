# SPDX-License-Identifier: Apache-2.0
"""Who is told of alarms is said without mistakes, or refused with where they are."""

from pathlib import Path

import pytest

from open63110.apps.config import load
from open63110.apps.notify_config import Notify, check_notify
from open63110.kernel.errors import Malformed
from open63110.model.notice import Channel
from open63110.model.policy import Policy


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ('kind = "webhook"\nurl = "ftp://x"\nsecret = "s"', "notify.ops.url"),
        ('kind = "webhook"\nurl = "https://ann:pw@x"\nsecret = "s"', "notify.ops.url"),
        ('kind = "webhook"\nurl = "https://x:99999"\nsecret = "s"', "notify.ops.url"),
        ('kind = "webhook"\nurl = "https://x/a b"\nsecret = "s"', "notify.ops.url"),
        ('kind = "webhook"\nurl = "https://x"', "notify.ops.secret"),
        ('kind = "webhook"\nurl = "https://x"\nsecret = "whsec_?"', "notify.ops.secret"),
        ('kind = "email"\nserver = "x"\nsender = "a@b"', "notify.ops"),
        ('kind = "email"\nserver = "x"\nsender = "a"\nto = ["a@b"]', "notify.ops.sender"),
        ('kind = "email"\nserver = "x"\nsender = "a@b"\nto = ["a@b\\nBcc: c@d"]', "notify.ops.to"),
        ('kind = "email"\nserver = "x"\nport = 0\nsender = "a@b"\nto = ["a@b"]', "notify.ops.port"),
        ('kind = "email"\nserver = "x"\nsender = "a@b"\nto = ["a@b"]\npassword = "grün"', "notify.ops.password"),
        ('kind = "webhook"\nurl = "https://x"\nsecret = "s"\nseverity = 10', "notify.ops.severity"),
        ('kind = "webhook"\nurl = "https://x"\nsecret = "s"\nsecrets = "s"', "notify.ops.secrets"),
        ('kind = "pigeon"', "notify[...].kind"),
    ],
)
def test_who_is_told_is_said_without_mistakes(said: str, where: str, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f"[notify.ops]\n{said}\n")
    with pytest.raises(Malformed) as trouble:
        load(path, {})
    assert trouble.value.where == where
    assert not any(secret in trouble.value.message for secret in ("ann:pw", "grün", "whsec_?"))


def test_those_who_are_told_are_tables_of_their_own() -> None:
    with pytest.raises(Malformed):
        check_notify({}, Policy(channels=(Channel(name="ops"),)))
    check_notify({"ops": Notify(kind="webhook", url="http://127.0.0.1:1/", secret="s3cret")}, Policy())
