# SPDX-License-Identifier: Apache-2.0
"""The form that brings an image: what it says and what it holds is checked, and what is not right leaves nothing (8.3.6)."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.e2e.firmware_house import Manufacturer

from open63110.bindings.web.firmware_upload import UPLOAD
from open63110.bindings.web.tests.ground import Ground
from open63110.bindings.web.tests.test_pages import csrf_of, logged_in
from open63110.kernel.roles import Role
from open63110.model.firmware import FirmwareImage
from open63110.model.policy import Policy
from open63110.model.principal import AuditEntry
from open63110.pki.firmware_signature import sign
from open63110.ports import Query
from open63110.runtime.principals import durable

CONTENT = bytes(range(256)) * 4_000
SAID = {"id": "fw-3", "vendor": "Maker", "models": "Duo 2x22, Duo 2x11,", "version": "3.0", "notes": "Better."}


@pytest.fixture
def maker(tmp_path: Path) -> Manufacturer:
    return Manufacturer(tmp_path / "maker")


def signed(maker: Manufacturer, content: bytes = CONTENT) -> dict[str, str]:
    """Say what an image is, as somebody pastes it."""
    signature = sign(hashlib.sha256(content).digest(), maker.signer)
    lines = base64.encodebytes(base64.b64decode(signature)).decode().replace("\n", "\r\n")
    return {**SAID, "signature": lines, "certificate": maker.pem.replace("\n", "\r\n") + "\r\n"}


async def bring(
    client: httpx2.AsyncClient, said: dict[str, str], content: bytes = CONTENT, name: str = "fw.bin", **headers: str
) -> httpx2.Response:
    said = {"csrf": await csrf_of(client), **said}
    return await client.post(UPLOAD, data=said, files={"file": (name, content)}, headers={"HX-Request": "true", **headers})


def images(ground: Ground) -> list[FirmwareImage]:
    return ground.engine.known.under_way.load(FirmwareImage, (), {})


def files(ground: Ground) -> list[str]:
    return [one.name for one in ground.room.folder.iterdir()]


async def test_an_image_comes_by_a_form_and_is_there(ground: Ground, maker: Manufacturer) -> None:
    client = await logged_in(ground, Role.OPERATOR)
    page = (await client.get("/firmware")).text
    assert f'action="{UPLOAD}" enctype="multipart/form-data"' in page
    assert "at most 2 MB" in page
    answer = await bring(client, signed(maker))
    assert answer.status_code == 200
    assert "fw-3 is here: 1,024,000 bytes, signed." in answer.text
    (image,) = images(ground)
    assert (image.vendor, image.models, image.version) == ("Maker", ("Duo 2x22", "Duo 2x11"), "3.0")
    assert (image.size, image.sha256, image.notes) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), "Better.")
    assert image.uploaded is not None
    assert image.by == "p-operator"
    assert ground.room.path(image).read_bytes() == CONTENT
    assert "Duo 2x22, Duo 2x11" in (await client.get("/firmware")).text
    await ground.settle()
    entries = await ground.store.find(AuditEntry, Query(where=(), limit=100))
    assert [one.outcome for one in entries if one.action == "PutFirmwareContent"] == ["accepted"]


async def test_without_scripts_the_form_leads_back_to_the_page(ground: Ground, maker: Manufacturer) -> None:
    client = await logged_in(ground, Role.OPERATOR)
    said = {"csrf": await csrf_of(client), **signed(maker)}
    files = {"file": ("fw.bin", CONTENT)}
    answer = await client.post(UPLOAD, data=said, files=files, headers={"Referer": "http://test/firmware"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/firmware")
    assert len(images(ground)) == 1


@pytest.mark.parametrize(
    ("change", "words", "at"),
    [
        ({"vendor": " "}, "say whose stations it is for", "vendor"),
        ({"models": " , "}, "say for which models it is", "models"),
        ({"id": "../../fw"}, "a file is called by", "id"),
        ({"signature": "%%"}, "a signature is base64", "signature"),
        ({"signature": ""}, "belong together", "signature"),
        ({"signature": "c2ln"}, "that is no signature of it", "signature"),
        ({"notes": "x" * 30_000}, "longer than can be kept", "notes"),
        ({"notes": "x" * 70_000}, "too much before the file", ""),
    ],
)
async def test_what_is_not_right_is_said_and_leaves_nothing(
    change: dict[str, str], words: str, at: str, ground: Ground, maker: Manufacturer
) -> None:
    client = await logged_in(ground, Role.OPERATOR)
    answer = await bring(client, signed(maker) | change)
    assert 'class="told bad"' in answer.text
    assert words in answer.text
    assert (f'data-at="{at}"' if at else "told bad") in answer.text
    await durable(ground.engine)
    assert images(ground) == []
    assert files(ground) == []


async def test_an_image_that_is_here_stays_what_it_is(ground: Ground, maker: Manufacturer) -> None:
    client = await logged_in(ground, Role.OPERATOR)
    await bring(client, signed(maker))
    other = CONTENT[::-1]
    answer = await bring(client, signed(maker, other), other)
    assert "there is an image fw-3" in answer.text
    assert "give it another id, or remove that one" in answer.text
    (image,) = images(ground)
    assert files(ground) == [image.sha256]
    assert image.sha256 == hashlib.sha256(CONTENT).hexdigest()


async def test_where_images_may_be_unsigned_one_comes_without(ground: Ground) -> None:
    client = await logged_in(ground, Role.OPERATOR)
    assert "without signature and certificate is not taken here" in (await bring(client, SAID)).text
    ground.engine.policy = Policy(firmware_signed=False)
    assert "not signed" in (await bring(client, SAID)).text


async def test_a_form_without_a_file_says_so(ground: Ground, maker: Manufacturer) -> None:
    client = await logged_in(ground, Role.OPERATOR)
    csrf = await csrf_of(client)
    fields = "".join(
        f'--XY\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"csrf": csrf, **signed(maker)}.items()
    )
    body = fields + '--XY\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--XY--\r\n'  # as browsers do
    headers = {"HX-Request": "true", "Content-Type": "multipart/form-data; boundary=XY"}
    answer = await client.post(UPLOAD, content=body.encode(), headers=headers)
    assert "choose the file that is the image" in answer.text
    plain = await client.post(UPLOAD, data={"csrf": csrf}, headers={"HX-Request": "true"})
    assert (plain.status_code, "there is no file in the form" in plain.text) == (400, True)


async def test_an_image_that_is_too_large_is_refused_by_its_length_and_by_what_comes(ground: Ground, maker: Manufacturer) -> None:
    client = await logged_in(ground, Role.OPERATOR)
    for size in (2_200_000, 2_000_001):
        large = bytes(size)
        answer = await bring(client, signed(maker, large), large)
        assert 'class="told bad"' in answer.text
        assert "2,000,000 bytes" in answer.text
        assert files(ground) == []
    exact = bytes(2_000_000)
    assert "fw-3 is here" in (await bring(client, signed(maker, exact), exact)).text


@pytest.mark.parametrize(("role", "form", "status"), [(Role.VIEWER, {}, 403), (Role.OPERATOR, {"csrf": "forged"}, 403)])
async def test_who_may_not_or_comes_from_elsewhere_brings_nothing(
    role: Role, form: dict[str, str], status: int, ground: Ground, maker: Manufacturer
) -> None:
    client = await logged_in(ground, role)
    answer = await bring(client, signed(maker) | form)
    assert answer.status_code == status
    assert (images(ground), files(ground)) == ([], [])
    assert UPLOAD not in (await client.get("/firmware")).text or role is Role.OPERATOR


async def test_nobody_who_is_not_logged_in_brings_anything(ground: Ground, maker: Manufacturer) -> None:
    await logged_in(ground, Role.OPERATOR)
    transport: Any = httpx2.ASGITransport(app=ground.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as stranger:
        answer = await stranger.post(UPLOAD, data=signed(maker), files={"file": ("fw.bin", CONTENT)})
    assert answer.status_code in {303, 401}
    assert (images(ground), files(ground)) == ([], [])
