# SPDX-License-Identifier: Apache-2.0
"""The committed OCPP types are those the generator writes today, and hold every name of the schemas."""

import importlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import ocpp
import pytest

from open63110.bindings.ocpp.schema import CustomData, Payload, decoder

ROOT = Path(__file__).parents[3]
VERSIONS = ("v16", "v201", "v21")


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_ocpp", ROOT / "tools/generate_ocpp.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def types(version: str) -> ModuleType:
    return importlib.import_module(f"open63110.bindings.ocpp._generated.{version}")


def classes(version: str) -> dict[str, type[Payload]]:
    return {
        name: found
        for name, found in vars(types(version)).items()
        if isinstance(found, type) and issubclass(found, Payload) and found is not Payload
    }


def objects(node: Any) -> list[dict[str, Any]]:
    """Return every object of a schema that names its fields."""
    if isinstance(node, list):
        return [found for item in node for found in objects(item)]
    if not isinstance(node, dict):
        return []
    here = [node] if node.get("type") == "object" and node.get("additionalProperties") is False else []
    return here + [found for item in node.values() for found in objects(item)]


def shapes(version: str) -> set[tuple[frozenset[str], frozenset[str]]]:
    """Return (all fields, required fields) of every object in the schemas."""
    files = (Path(ocpp.__file__).parent / version / "schemas").glob("*.json")
    found = [node for file in files for node in objects(json.loads(file.read_text("utf-8-sig")))]
    return {(frozenset(node.get("properties", {})), frozenset(node.get("required", ()))) for node in found}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_committed_types_are_what_the_generator_writes(version: str) -> None:
    committed = ROOT / f"src/open63110/bindings/ocpp/_generated/{version}.py"
    assert committed.read_text("utf-8") == load_generator().generate(version)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_types_have_exactly_the_fields_of_the_schemas(version: str) -> None:
    ours = set()
    for type_ in classes(version).values():
        fields = msgspec.structs.fields(type_)
        ours.add((frozenset(f.encode_name for f in fields), frozenset(f.encode_name for f in fields if f.required)))
    assert ours == shapes(version)


@pytest.mark.parametrize(("version", "calls", "sends"), [("v16", 39, 0), ("v201", 64, 0), ("v21", 90, 1)])
def test_every_action_has_its_request_and_its_response(version: str, calls: int, sends: int) -> None:
    module = types(version)
    assert len(module.ACTIONS) == calls
    assert len(module.SENDS) == sends
    for action, (request, response) in module.ACTIONS.items():
        assert (request.__name__, response.__name__) == (f"{action}Request", f"{action}Response")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_type_is_strict_frozen_and_out_of_the_collectors_way(version: str) -> None:
    for type_ in classes(version).values():
        config = type_.__struct_config__
        assert (config.frozen, config.forbid_unknown_fields, config.omit_defaults, config.gc) == (True, True, True, False)


def test_per_phase_limits_and_der_fields_keep_their_spelling() -> None:
    v21 = types("v21")
    raw = b'{"startPeriod":0,"limit":16.0,"limit_L2":15.0,"limit_L3":14.0,"setpointReactive_L2":1.5}'
    period = decoder(v21.ChargingSchedulePeriodType).decode(raw)
    assert (period.limit_l2, period.limit_l3, period.setpoint_reactive_l2) == (15.0, 14.0, 1.5)
    assert json.loads(msgspec.json.encode(period)) == json.loads(raw)
    assert "fixedPFInject" in {f.encode_name for f in msgspec.structs.fields(v21.SetDERControlRequest)}


def test_custom_data_survives_with_its_keys_as_sent() -> None:
    raw = b'{"customData":{"vendorId":"org.example","RFID_Tag":{"association_id":[1.25,null,"\xe2\x82\xac"]}}}'
    message = decoder(types("v201").HeartbeatRequest).decode(raw)
    assert isinstance(message.custom_data, CustomData)
    assert message.custom_data.vendor_id == "org.example"
    assert msgspec.json.encode(message) == raw


@pytest.mark.parametrize("blob", ['OCMF|{"RV":"1.230"}|{"SD":"3045=="}', '  \t\u20ac\U0001f50c\\"\n', "+/=" * 800, "\x00\x01"])
def test_signed_meter_values_travel_character_by_character(blob: str) -> None:
    signed = types("v201").SignedMeterValueType(signed_meter_data=blob, signing_method="", encoding_method="OCMF", public_key="")
    there = msgspec.json.encode(signed)
    back = decoder(types("v201").SignedMeterValueType).decode(there)
    assert back.signed_meter_data == blob
    assert msgspec.json.encode(back) == there
