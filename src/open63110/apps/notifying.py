# SPDX-License-Identifier: Apache-2.0
"""Takes notices of alarms out of the house, over restarts: each until it was taken, later after each attempt that failed."""

import asyncio
import base64
import hashlib
import hmac
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Final, Protocol

import msgspec
import structlog
from msgspec.structs import replace

from open63110.apps.notify_config import Notify, channels_of, signing_key
from open63110.kernel.errors import Unavailable
from open63110.model.notice import Notice, NoticeChanged
from open63110.model.policy import Policy
from open63110.ports import Query, Where
from open63110.runtime.engine import Engine, Turn

log = structlog.get_logger(__name__)

EVERY: Final = 2.0
"""Between two looks [s]."""

DIGEST: Final = 5
"""When more than so many are due for one channel, they leave together."""

MOST: Final = 500
"""Notices that leave together at most."""

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3_600.0
"""After the first attempt that failed, and at most [s]; it doubles each time."""

GIVE_UP: Final = timedelta(days=1)
"""A notice that nobody took for so long is given up."""

PATIENCE: Final = 15.0
"""For one attempt [s]."""

Send = Callable[[Notify, Sequence[Notice], str], None]
"""Blocks; raises Unavailable when it was not taken."""


class Configured(Protocol):
    """The configuration of a CSMS, as far as it is about this."""

    @property
    def policy(self) -> Policy:
        """What the operator chose."""

    @property
    def notify(self) -> dict[str, Notify]:
        """Who is told, by name."""


def routed(config: Configured) -> Policy:
    """Return the policy of a CSMS with those in it who want to be told."""
    return replace(config.policy, channels=channels_of(config.notify))


class Notifying:
    """The notices of one node."""

    def __init__(self, engine: Engine, notify: dict[str, Notify], sends: dict[str, Send] | None = None) -> None:
        """Look after the rows of an engine; ``sends``: how each kind of channel is reached."""
        self._engine, self._notify = engine, notify
        self._sends = sends or {"email": send_email, "webhook": post}

    async def run(self) -> None:
        """Look for ever; with nobody to be told there is nothing to do."""
        while self._notify:
            await asyncio.sleep(self._engine.clock.real(EVERY))
            await self.look()

    async def look(self) -> int:
        """Send what is due; return how many notices went out."""
        due = (Where("open", "=", True), Where("due", "<=", self._engine.clock.now()))  # noqa: FBT003 - a value
        rows = await self._engine.store.find(Notice, Query(where=due, order="id", limit=MOST))
        gone = 0
        for name in dict.fromkeys(one.channel for one in rows):
            mine = [one for one in rows if one.channel == name]
            together = [mine] if len(mine) > DIGEST else [[one] for one in mine]
            for some in together:
                gone += await self._send(name, some)
        return gone

    async def _send(self, name: str, notices: list[Notice]) -> int:
        channel, error = self._notify.get(name), ""
        if channel is None:
            error = "nobody is called that any more"
        else:
            key = f"{notices[0].id}-{len(notices)}"
            try:
                await asyncio.to_thread(self._sends[channel.kind], channel, notices, key)
            except Unavailable as trouble:
                error = trouble.message
                log.warning("alarms could not be told", channel=name, reason=error, notices=len(notices))
        self._note([_after(one, error, self._engine.clock.now()) for one in notices])
        await self._engine.commit.drain()
        return 0 if error else len(notices)

    def _note(self, notices: list[Notice]) -> None:
        for one in notices:
            turn = Turn(self._engine, one.station, self._engine.clock.now())
            turn.fact(NoticeChanged(station=one.station, at=turn.now, id=one.id, notice=one))
            turn.keep()


def _after(notice: Notice, error: str, now: datetime) -> Notice:
    if not error:
        return replace(notice, sent=now, attempts=notice.attempts + 1, error="")
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(notice.attempts, 20))
    over = now - notice.at >= GIVE_UP
    return replace(
        notice,
        attempts=notice.attempts + 1,
        error=error[:500],
        due=now + timedelta(seconds=pause),
        given_up=now if over else None,
    )


def shown(notice: Notice) -> dict[str, Any]:
    """Return a notice as systems read it."""
    alarm = notice.alarm
    fields = {name: getattr(alarm, name) for name in alarm.__struct_fields__}
    return {"id": notice.id, "change": notice.change, "at": notice.at, "alarm": {**fields, "state": alarm.state}}


def signature(secret: str, key: str, moment: str, body: bytes) -> str:
    """Return the signature of a post, as Standard Webhooks has it: HMAC-SHA256 over id, moment and body with dots between."""
    content = f"{key}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(signing_key(secret), content, hashlib.sha256).digest()).decode()


def post(channel: Notify, notices: Sequence[Notice], key: str) -> None:
    """Post notices to a webhook.

    Raises:
        Unavailable: it did not take them.
    """
    body = msgspec.json.encode({"notices": [shown(one) for one in notices]})
    moment = str(int(max(one.due for one in notices).timestamp()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": moment,
        "webhook-signature": signature(channel.secret, key, moment, body),
    }
    request = urllib.request.Request(channel.url, data=body, headers=headers, method="POST")  # noqa: S310 - http or https, by check
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310 - as above
            return
    except (OSError, ValueError) as fault:
        raise Unavailable(f"{channel.url}: {fault}") from fault


def subject(notices: Sequence[Notice]) -> str:
    """Say in one line what has happened."""
    first = notices[0]
    if len(notices) == 1:
        alarm = first.alarm
        return f"{alarm.station}: {alarm.code or alarm.variable or alarm.kind} {first.change}"
    stations = {one.station for one in notices}
    return f"{len(notices)} alarms of {len(stations)} station{'s' if len(stations) > 1 else ''}"


def text(notices: Sequence[Notice]) -> str:
    """Say what has happened, a line for each."""
    lines = []
    for one in notices:
        alarm = one.alarm
        what = " ".join(word for word in (alarm.component, alarm.variable, alarm.code, alarm.text, alarm.actual) if word)
        lines.append(f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {alarm.station}  severity {alarm.severity}  {one.change}: {what}")
    return "\n".join(lines) + "\n"


def send_email(channel: Notify, notices: Sequence[Notice], key: str) -> None:
    """Send notices as an e-mail.

    Raises:
        Unavailable: the server did not take it.
    """
    message = EmailMessage()
    message["From"], message["To"] = channel.sender, ", ".join(channel.to)
    message["Subject"] = "".join(one if one.isprintable() else " " for one in subject(notices))[:200]
    message["Message-ID"] = f"<{key}@open63110.invalid>"
    message.set_content(text(notices))
    try:
        with _server(channel) as server:
            if channel.user:
                server.login(channel.user, channel.password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as fault:
        raise Unavailable(f"{channel.server}: {fault}") from fault


def _server(channel: Notify) -> smtplib.SMTP:
    if channel.security == "tls":
        return smtplib.SMTP_SSL(channel.server, channel.port, timeout=PATIENCE, context=ssl.create_default_context())
    server = smtplib.SMTP(channel.server, channel.port, timeout=PATIENCE)
    if channel.security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
