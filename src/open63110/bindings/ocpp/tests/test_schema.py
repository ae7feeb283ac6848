# SPDX-License-Identifier: Apache-2.0
"""What types cannot say: open data and multiples of 0.1."""

from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from open63110.bindings.ocpp.schema import MAX_DEPTH, CustomData, Payload, decoder, open_data, shallow, tenths


class Vendor(Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    data: CustomData


def nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b'{"data":5}', "object"),
        (b'{"data":{"x":1}}', "vendorId"),
        (b'{"data":{"vendorId":5}}', "str"),
        (b'{"data":{"vendorId":"' + b"x" * 256 + b'"}}', "255"),
        (b'{"data":{"vendorId":"x","deep":' + b"[" * 40 + b"]" * 40 + b"}}", "depth"),
    ],
)
def test_vendor_data_that_breaks_the_schema_is_refused_at_its_path(raw: bytes, complaint: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=rf"{complaint}.*\$\.data"):
        decoder(Vendor).decode(raw)


def test_vendor_data_by_the_schema_is_kept_whole() -> None:
    vendor = decoder(Vendor).decode(b'{"data":{"vendorId":"org.example","RFID_Tag":[1.5]}}')
    assert vendor.data.vendor_id == "org.example"
    assert vendor.data == {"vendorId": "org.example", "RFID_Tag": [1.5]}


def test_a_decoder_is_built_once() -> None:
    assert decoder(Vendor) is decoder(Vendor)


def test_depth_is_allowed_up_to_the_limit_and_not_beyond() -> None:
    shallow(nested(MAX_DEPTH - 1))
    with pytest.raises(ValueError, match="depth"):
        shallow(nested(MAX_DEPTH + 1))


@pytest.mark.parametrize("value", [n / 10 for n in range(-50, 2000, 7)] + [UNSET])
def test_tenths_pass(value: Any) -> None:
    tenths(value)


@pytest.mark.parametrize("value", [0.05, 16.01, -3.33, 1e-4])
def test_what_is_no_multiple_of_a_tenth_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="multiple"):
        tenths(value)


def test_the_hook_knows_vendor_data_only() -> None:
    with pytest.raises(NotImplementedError):
        open_data(complex, 1)
