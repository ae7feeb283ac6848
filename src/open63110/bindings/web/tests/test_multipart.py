# SPDX-License-Identifier: Apache-2.0
"""Files in forms: found whatever way they are cut, and nothing else taken for one."""

from collections.abc import AsyncIterator

import pytest

from open63110.bindings.web.multipart import boundary_of, file_of
from open63110.kernel.errors import Malformed

CONTENT = b"\r\n--not the mark\r\n\x00\xff--XY\r\n"
FORM = (
    b'preamble\r\n--XYZ\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    b'--XYZ\r\nContent-Disposition: form-data; name="file"; filename="diag.zip"\r\nContent-Type: application/zip\r\n\r\n'
    + CONTENT
    + b"\r\n--XYZ--\r\nepilogue"
)


async def cut(form: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(form), size):
        yield form[at : at + size]


@pytest.mark.parametrize("size", [1, 2, 7, 64, 100_000])
async def test_the_file_of_a_form_is_found_however_it_is_cut(size: int) -> None:
    found = await file_of(cut(FORM, size), b"XYZ")
    assert (found.name, found.fields) == ("diag.zip", {"note": "hello"})
    assert b"".join([piece async for piece in found.pieces]) == CONTENT


@pytest.mark.parametrize("size", [1, 100_000])
async def test_an_empty_file_and_one_at_the_very_begin_are_files(size: int) -> None:
    form = b'--XYZ\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n\r\n--XYZ--\r\n'
    found = await file_of(cut(form, size), b"XYZ")
    assert (found.name, [piece async for piece in found.pieces]) == ("x", [])


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"no form at all",
        b'--XYZ\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n--XYZ--\r\n',
        b"--XYZ\r\n" + b"x" * 20_000,
        b"--XYZ--\r\n",
        b"".join(b'--XYZ\r\nContent-Disposition: form-data; name="%d"\r\n\r\n\r\n' % n for n in range(2_000)) + FORM,
    ],
)
async def test_a_form_without_a_file_is_refused(form: bytes) -> None:
    with pytest.raises(Malformed):
        await file_of(cut(form, 1_000), b"XYZ")


async def test_a_form_that_is_cut_off_is_refused_and_not_taken_for_whole() -> None:
    found = await file_of(cut(FORM[:-20], 10), b"XYZ")
    with pytest.raises(Malformed, match="ends before its file"):
        [piece async for piece in found.pieces]


def test_the_mark_between_parts_stands_in_the_type() -> None:
    assert boundary_of("multipart/form-data; boundary=XYZ") == b"XYZ"
    assert boundary_of('Multipart/Form-Data; charset=utf-8; boundary="a b"') == b"a b"
    assert boundary_of("application/json") == b""
    assert boundary_of("multipart/form-data") == b""
