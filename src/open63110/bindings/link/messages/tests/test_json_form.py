# SPDX-License-Identifier: Apache-2.0
"""The debug form: everything by name, and back (B.7)."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from tools.link_samples import STATION, Wallet, sample

from open63110.bindings.link.messages.codec import encode
from open63110.bindings.link.messages.json_form import parse, show, text
from open63110.bindings.link.messages.registry import REGISTRY
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber, SubjectRef, TransferReference
from open63110.model.authorization import StopRemotely
from open63110.usecases.services.authorize_externally import StartRemotely

VECTORS = json.loads((Path(__file__).parents[6] / "docs/bindings/vectors/messages.json").read_text(encoding="utf-8"))["vectors"]
STOP = StopRemotely(station=STATION, reference=TransferReference("a7"))


@pytest.mark.parametrize("name", REGISTRY.by_name)
@pytest.mark.parametrize("full", [False, True])
def test_every_message_is_shown_and_read_back(name: str, full: bool) -> None:
    message = sample(name, random.Random(3), full=full)
    assert parse(text(message)).message == message
    wallet = Wallet()
    assert parse(show(message, subjects=wallet), subjects=wallet).message == message


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one['number']}-{len(one['hex'])}")
def test_golden_vectors_say_the_same_in_both_forms(vector: dict[str, Any]) -> None:
    wallet = Wallet()
    assert encode(parse(vector["form"], subjects=wallet).message, subjects=wallet).hex() == vector["hex"]


def test_a_message_is_shown_by_names() -> None:
    assert text(STOP) == '{"StopRemotely":{"station":"DE-HAM-CS0147","reference":"a7"}}'


def test_what_vendors_added_is_shown_by_key() -> None:
    shown = text(STOP, vendor={-7: b"\x80"})
    assert json.loads(shown)["vendor"] == {"-7": "80"}
    assert parse(shown).vendor == {-7: b"\x80"}


def test_logs_name_nobody() -> None:
    message = StartRemotely(station=STATION, subject=SubjectRef("anna"), evse=EvseNumber(1))
    assert "04A1B2C3D4E5F6" not in text(message)
    assert show(message, subjects=Wallet())["StartRemotely"]["subject"] == {"kind": "ISO14443", "value": "04A1B2C3D4E5F6"}


@pytest.mark.parametrize(
    ("form", "where"),
    [
        ("nonsense", ""),
        ("[]", ""),
        ("{}", ""),
        ('{"vendor": {"-1": "80"}}', ""),
        ('{"StopRemotely": {}, "Heartbeat": {}}', ""),
        ('{"StopRemotely": {}, "vendor": {"-1": "zz"}}', ""),
        ('{"StopRemotely": {"station": "a", "reference": "b"}, "vendor": {"1": "80"}}', "vendor"),
        ('{"StopNow": {}}', "StopNow"),
        ('{"StopRemotely": []}', "StopRemotely"),
        ('{"StopRemotely": {"station": "a"}}', "StopRemotely.reference"),
        ('{"StopRemotely": {"station": "a", "reference": 5}}', "StopRemotely.reference"),
        ('{"StopRemotely": {"station": "a", "reference": "b", "soon": true}}', "StopRemotely.soon"),
        (
            '{"SendLocalList": {"station": "a", "entries": [{"subject": "x", "status": "Fine"}]}}',
            "SendLocalList.entries.0.status",
        ),
        ('{"StationBooted": {"station": "a", "at": "2026-01-01T00:00:00Z", "identity": 5}}', "StationBooted.identity"),
        ('{"StartRemotely": {"station": "a", "evse": 1, "subject": {"kind": 5}}}', "StartRemotely.subject"),
    ],
)
def test_what_is_no_message_is_refused_by_field(form: str, where: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(form, subjects=Wallet())
    assert caught.value.where == where
