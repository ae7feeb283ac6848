# SPDX-License-Identifier: Apache-2.0
"""A file on its way: what has come of it outlives cuts and power, and it appears once it is whole and not too large (8.3.6)."""

from pathlib import Path

import pytest

from open63110.apps.firmware_part import Part, drop
from open63110.wire.download import NotFetched, fetch
from open63110.wire.tests.test_download import CONTENT, said, serving


def names(folder: Path) -> list[str]:
    """Return what lies in a folder."""
    return sorted(one.name for one in folder.iterdir())


async def into(path: Path, url: str, largest: int = 10**9) -> None:
    part = Part(path, largest)
    with part:
        await fetch(url, part.begin, part.write, offset=part.size, etag=part.etag)
    part.finish()


def cut(length: int, etag: str = '"v1"') -> bytes:
    return said("200 OK", CONTENT[:length], Content_Length=len(CONTENT), ETag=etag)


async def test_a_file_that_is_cut_goes_on_and_appears_only_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "fw.bin"
    more = f"bytes 1000-{len(CONTENT) - 1}/{len(CONTENT)}"
    rest = said("206 Partial Content", CONTENT[1_000:], Content_Range=more, Content_Length=len(CONTENT) - 1_000, ETag='"v1"')
    async with serving(cut(1_000), rest) as server:
        with pytest.raises(ConnectionError):
            await into(path, server.url)
        assert not path.exists()
        await into(path, server.url)
    assert path.read_bytes() == CONTENT
    assert names(tmp_path) == ["fw.bin"]


async def test_a_part_of_another_version_is_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "fw.bin"
    async with serving(cut(1_000, '"old"'), said("200 OK", b"new", Content_Length=3, ETag='"new"')) as server:
        with pytest.raises(ConnectionError):
            await into(path, server.url)
        await into(path, server.url)
        assert 'If-Range: "old"' in server.heads[1]
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("mark", [b"", b"\0\0\0\0", b"\xff\xfe\x00"])
async def test_a_part_whose_mark_the_power_took_comes_anew(mark: bytes, tmp_path: Path) -> None:
    path = tmp_path / "fw.bin"
    path.with_suffix(".part").write_bytes(b"\0" * 500)
    path.with_suffix(".etag").write_bytes(mark)
    async with serving(cut(len(CONTENT))) as server:
        await into(path, server.url)
        assert "Range" not in server.heads[0]
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("length", [{"Content_Length": len(CONTENT)}, {}])
async def test_a_file_that_is_larger_than_is_taken_ends_there(length: dict[str, int], tmp_path: Path) -> None:
    path = tmp_path / "fw.bin"
    async with serving(said("200 OK", CONTENT, **length)) as server:
        with pytest.raises(NotFetched, match="TooLarge"):
            await into(path, server.url, largest=1_000)
    assert not path.exists()


def test_what_has_come_is_let_go_of_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    for name in ("1.bin", "1.part", "1.etag", "2.bin"):
        (tmp_path / name).write_bytes(b"x")
    drop(tmp_path / "1.bin")
    drop(tmp_path / "1.bin")
    assert names(tmp_path) == ["2.bin"]
