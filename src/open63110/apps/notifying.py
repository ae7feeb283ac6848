# SPDX-License-Identifier: Apache-2.0
"""Takes notices of alarms out of the house, over restarts: each until it was taken, later after each attempt that failed."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from http.client import HTTPException
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import msgspec
import structlog
from msgspec.structs import replace

from open63110.apps.notify_config import Notify, channels_of, signing_key
from open63110.apps.quirk_config import QuirkTable, quirks_of
from open63110.kernel.errors import Unavailable
from open63110.model.notice import Notice, NoticeChanged
from open63110.model.policy import Policy
from open63110.ports import Query, Where
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.principals import durable

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

    @property
    def quirks(self) -> dict[str, QuirkTable]:
        """What is awaited of stations that are not like others, by name."""


def routed(config: Configured) -> Policy:
    """Return the policy of a CSMS with what stands in tables of its own: who wants to be told, and who is not like others."""
    return replace(config.policy, channels=channels_of(config.notify), quirks=quirks_of(config.quirks))


class Notifying:
    """The notices of one node."""

    def __init__(self, engine: Engine, notify: dict[str, Notify], sends: dict[str, Send] | None = None) -> None:
        """Look after the rows of an engine; ``sends``: how each kind of channel is reached."""
        self._engine, self._notify = engine, notify
        self._sends = sends or {"email": send_email, "webhook": post}
        self._unwritten: dict[int, Notice] = {}
        """What became of notices while nothing could be written."""

    async def run(self) -> None:
        """Look for ever, for each channel by itself: one that hangs keeps no other waiting."""
        await self._forget_strangers()
        async with asyncio.TaskGroup() as tasks:
            for name in self._notify:
                tasks.create_task(self._attend(name))

    async def _attend(self, name: str) -> None:
        while True:
            await asyncio.sleep(self._engine.clock.real(EVERY))
            await self.look(name)

    async def _forget_strangers(self) -> None:
        """Give up what waits for channels that are not configured any more."""
        last = 0
        while rows := await self._waiting(Where("id", ">", last)):
            last, now = rows[-1].id, self._engine.clock.now()
            gone = [one for one in rows if one.channel not in self._notify]
            await self._note([replace(one, given_up=now, error="nobody is called that any more") for one in gone])

    async def _waiting(self, *where: Where) -> list[Notice]:
        still = Where("open", "=", True)  # noqa: FBT003 - a value
        return await self._engine.store.find(Notice, Query(where=(still, *where), order="id", limit=MOST))

    async def look(self, name: str) -> int:
        """Send what is due for one channel; return how many notices went out."""
        due = await self._waiting(Where("channel", "=", name), Where("due", "<=", self._engine.clock.now()))
        known = [self._unwritten[one.id] for one in due if one.id in self._unwritten]
        await self._note(known)
        mine = [one for one in due if one.id not in {other.id for other in known}]
        together = [mine] if len(mine) > DIGEST else [[one] for one in mine]
        return sum([await self._send(self._notify[name], some) for some in together])

    async def _send(self, channel: Notify, notices: list[Notice]) -> int:
        error = ""
        try:
            await asyncio.to_thread(self._sends[channel.kind], channel, notices, key_of(notices))
        except Unavailable as trouble:
            error = trouble.message
            log.warning("alarms could not be told", channel=notices[0].channel, reason=error, notices=len(notices))
        await self._note([_after(one, error, self._engine.clock.now()) for one in notices])
        return 0 if error else len(notices)

    async def _note(self, notices: list[Notice]) -> None:
        """Write what became of notices; where that cannot be written it is remembered, so that nobody is told each time anew."""
        if not notices:
            return
        self._unwritten |= {one.id: one for one in notices}
        for one in notices:
            turn = Turn(self._engine, one.station, self._engine.clock.now())
            turn.fact(NoticeChanged(station=one.station, at=turn.now, id=one.id, notice=one))
            turn.keep()
        with contextlib.suppress(Unavailable):
            await durable(self._engine)
            for one in notices:
                del self._unwritten[one.id]


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
    site = {"site": notice.site} if notice.site else {}
    return {"id": notice.id, "change": notice.change, "at": notice.at, **site, "alarm": {**fields, "state": alarm.state}}


def key_of(notices: Sequence[Notice]) -> str:
    """Return by what just these notices are known, tried again or not, at every CSMS."""
    said = "\n".join(f"{one.id} {one.station} {one.change} {one.at.isoformat()}" for one in notices)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


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
    request = urllib.request.Request(channel.url, data=body, headers=headers, method="POST")  # noqa: S310 - see _opener
    try:
        with _opener().open(request, timeout=PATIENCE):
            return
    except (OSError, ValueError, HTTPException) as fault:
        if isinstance(fault, urllib.error.HTTPError):
            fault.close()  # it holds the connection
        said = f"it does not answer by HTTP ({type(fault).__name__})" if isinstance(fault, HTTPException) else fault
        host = urlsplit(channel.url).netloc  # the rest of an address may be what keeps others from posting there
        raise Unavailable(f"{host}: {said}") from fault


def _opener() -> urllib.request.OpenerDirector:
    """Return what knows HTTP and HTTPS alone, by a proxy where the environment says so, and is not sent elsewhere.

    A redirect would turn the post into a question for another page, whose answer says nothing.
    """
    made = urllib.request.OpenerDirector()
    for one in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
    ):
        made.add_handler(one())
    return made


def subject(notices: Sequence[Notice]) -> str:
    """Say in one line what has happened."""
    first = notices[0]
    if len(notices) == 1:
        alarm = first.alarm
        return _line(f"{_who(first)}: {alarm.code or alarm.variable or alarm.kind} {first.change}")[:200]
    stations = {one.station for one in notices if not one.site}
    sites = {one.site for one in notices if one.site}
    of = " and ".join(_count(len(found), noun) for found, noun in ((stations, "station"), (sites, "site")) if found)
    return f"{len(notices)} alarms of {of}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _who(notice: Notice) -> str:
    return f"site {notice.site}" if notice.site else notice.station


def text(notices: Sequence[Notice]) -> str:
    """Say what has happened, a line for each."""
    lines = []
    for one in notices:
        alarm = one.alarm
        what = " ".join(word for word in (alarm.component, alarm.variable, alarm.code, alarm.text, alarm.actual) if word)
        when = f"{one.at:%Y-%m-%d %H:%M:%S} UTC"
        lines.append(_line(f"{when}  {_who(one)}  severity {alarm.severity}  {one.change}: {what}"))
    return "\n".join(lines) + "\n"


def _line(words: str) -> str:
    """Leave out what would end a line, or begin a header: some of it a station has said."""
    return "".join(one if one.isprintable() else " " for one in words)


def send_email(channel: Notify, notices: Sequence[Notice], key: str) -> None:
    """Send notices as an e-mail.

    Raises:
        Unavailable: the server did not take it.
    """
    message = EmailMessage()
    message["From"], message["To"] = channel.sender, ", ".join(channel.to)
    message["Subject"] = subject(notices)
    message["Date"] = format_datetime(max(one.at for one in notices))
    message["Message-ID"] = f"<{key}@open63110.invalid>"
    message.set_content(text(notices))
    try:
        with contextlib.closing(_server(channel)) as server:
            if channel.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if channel.user:
                server.login(channel.user, channel.password)
            left_out = server.send_message(message)
            with contextlib.suppress(OSError):  # it is taken, whatever comes of the goodbye
                server.quit()
    except (OSError, ValueError) as fault:
        raise Unavailable(f"{channel.server}: {fault}") from fault
    if left_out:
        log.warning("an e-mail about alarms was taken, but not for all", channel=notices[0].channel, left_out=sorted(left_out))


def _server(channel: Notify) -> smtplib.SMTP:
    if channel.security == "tls":
        return smtplib.SMTP_SSL(channel.server, channel.port, timeout=PATIENCE, context=ssl.create_default_context())
    return smtplib.SMTP(channel.server, channel.port, timeout=PATIENCE)
