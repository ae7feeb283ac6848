# SPDX-License-Identifier: Apache-2.0
"""Write the typed OCPP messages of open63110 from the JSON schemas in the installed `ocpp` wheel."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import keyword
import re
import sys
from pathlib import Path
from typing import Any, Final

Schema = dict[str, Any]

TARGET: Final = Path(__file__).parent.parent / "src/open63110/bindings/ocpp/_generated"
VERSIONS: Final = {"v16": "1.6 with the security whitepaper", "v201": "2.0.1", "v21": "2.1"}
PROSE: Final = frozenset({"description", "javaType", "comment", "title", "$id", "$schema"})

SPELLING: Final = {"SoC": "Soc", "SoH": "Soh", "soC": "soc", "soH": "soh", "EMAIDs": "Emaids", "V2X": "V2x"}
"""Words that the rule for capitals would cut in the wrong place."""

NAMES_16: Final = {
    "chargingProfile": "ChargingProfile",
    "csChargingProfiles": "ChargingProfile",
    "chargingProfilePurpose": "ChargingProfilePurpose",
    "chargingRateUnit": "ChargingRateUnit",
    "configurationKey": "KeyValue",
    "localAuthorizationList": "AuthorizationData",
}
"""1.6 writes its types inline, so they have no name in the schemas; others are named after their property."""

WIDER_16: Final = {"SampledValueUnit"}
"""Forms of one 1.6 type that differ between two messages; the wider one is taken (StopTransaction lacks Celsius)."""

HEADER: Final = '''# SPDX-License-Identifier: Apache-2.0
"""Messages and types of OCPP {title}; written by tools/generate_ocpp.py from the schemas in ocpp {wheel}, not by hand."""
# ruff: noqa
# fmt: off

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from open63110.bindings.ocpp.schema import CustomData, Payload, shallow, tenths

Integer = Annotated[int, Meta(ge=-9223372036854775808, le=9223372036854775807)]
Timestamp = Annotated[datetime, Meta(tz=True)]
'''


def snake(wire: str) -> str:
    """Return the attribute name of a wire name."""
    for word, plain in SPELLING.items():
        wire = wire.replace(word, plain)
    words = re.findall(r"[A-Z]+(?![a-z0-9])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z][0-9]+", wire)
    name = "_".join(words).lower()
    return f"{name}_" if keyword.iskeyword(name) else name


def pascal(wire: str) -> str:
    """Return the class name of a property that carries an unnamed type."""
    return wire[0].upper() + wire[1:]


def plain(node: Any, *, names: bool = False) -> Any:
    """Return the schema without its prose, so that equal shapes compare equal."""
    if isinstance(node, list):
        return [plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: plain(value, names=not names and key in {"properties", "definitions"})
        for key, value in node.items()
        if names or key not in PROSE
    }


class Module:
    """The types of one OCPP version, each written once and before it is used."""

    def __init__(self, version: str) -> None:
        """Start an empty module for `version` (v16, v201 or v21)."""
        self.version = version
        self.enums: dict[str, set[str]] = {}
        self.text: dict[str, str] = {}
        self.strings: set[int] = set()
        self.requests: dict[str, str] = {}
        self.responses: dict[str, str] = {}

    def add(self, stem: str, schema: Schema) -> None:
        """Add one message file, named `stem`.json."""
        if stem.endswith("Response"):
            action, name, table = stem.removesuffix("Response"), stem, self.responses
        else:
            action = stem.removesuffix("Request")
            name, table = f"{action}Request", self.requests
        self.struct(name, schema, schema.get("definitions", {}))
        table[action] = name

    def struct(self, name: str, schema: Schema, shared: Schema) -> str:
        """Write the class of an object unless an equal one is there, and return its name."""
        body = {key: schema.get(key) for key in ("type", "properties", "required", "additionalProperties")}
        if body["type"] != "object" or body["additionalProperties"] is not False:
            raise ValueError(f"{name} is no closed object")
        fields = schema.get("properties", {})
        kinds = {wire: self.kind(name, wire, node, shared) for wire, node in fields.items()}
        text = self.render(name, fields, kinds, frozenset(schema.get("required", ())))
        self.once(name, text)
        return name

    def once(self, name: str, text: str) -> None:
        """Keep a definition; two under one name that differ in more than the order of fields are an error."""
        if sorted(self.text.setdefault(name, text).splitlines()) != sorted(text.splitlines()):
            raise ValueError(f"{self.version} has two forms of {name}")

    def render(self, name: str, fields: Schema, kinds: dict[str, str], required: frozenset[str]) -> str:
        """Return the source of one class."""
        attributes = {wire: snake(wire) for wire in fields}
        if len(set(attributes.values())) != len(attributes):
            raise ValueError(f"{name} has two fields of one name")
        rename = {snake_name: wire for wire, snake_name in attributes.items() if snake_name != wire}
        lines = [f"class {name}(", "    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,"]
        lines += ["    forbid_unknown_fields=True,", *self.renames(rename), "):"]
        for wire, attribute in attributes.items():
            optional = "" if wire in required else " | UnsetType = UNSET"
            lines.append(f"    {attribute}: {kinds[wire]}{optional}")
        lines += self.checks(fields, attributes) or ([] if fields else ["    pass"])
        return "\n".join(lines) + "\n"

    @staticmethod
    def renames(rename: dict[str, str]) -> list[str]:
        """Return the lines that keep the wire spelling, field by field."""
        if not rename:
            return []
        return ["    rename={", *(f'        "{a}": "{wire}",' for a, wire in rename.items()), "    },"]

    @staticmethod
    def checks(fields: Schema, attributes: dict[str, str]) -> list[str]:
        """Return the check of what a type cannot say: multiples of 0.1 and the depth of open data."""
        calls = []
        for wire, node in fields.items():
            if "multipleOf" in node:
                calls.append(f"        tenths(self.{attributes[wire]})")
            if not node.keys() & {"type", "$ref"}:
                calls.append(f"        shallow(self.{attributes[wire]})")
        return ["", "    def __post_init__(self) -> None:", *calls] if calls else []

    def kind(self, owner: str, wire: str, node: Schema, shared: Schema) -> str:
        """Return the annotation of one property, writing the types it needs first."""
        if "$ref" in node:
            return self.shared_type(node["$ref"].rsplit("/", 1)[1], shared)
        if "type" not in node:
            return "Any"
        return str(getattr(self, f"_{node['type']}")(owner, wire, node, shared))

    def shared_type(self, name: str, shared: Schema) -> str:
        """Return the name of a definition that messages share, written once."""
        if name == "CustomDataType":
            return "CustomData"
        node = shared[name]
        if "enum" in node:
            return self.literal(name, node["enum"])
        return self.struct(name, node, shared)

    def literal(self, name: str, values: list[str]) -> str:
        """Write a closed set of words under `name`."""
        if name in WIDER_16 and self.enums.setdefault(name, set(values)) > set(values):
            return name
        lines = "".join(f"    {json.dumps(value)},\n" for value in dict.fromkeys(values))
        self.once(name, f"{name} = Literal[\n{lines}]\n")
        return name

    def _string(self, owner: str, wire: str, node: Schema, _: Schema) -> str:
        if "enum" in node:
            return self.literal(NAMES_16.get(wire, owner + pascal(wire)), node["enum"])
        if node.get("format") == "date-time":
            return "Timestamp"
        if "maxLength" not in node:
            return "str"
        self.strings.add(node["maxLength"])
        return f"Str{node['maxLength']}"

    def _integer(self, _owner: str, _wire: str, node: Schema, _: Schema) -> str:
        bounds = {py: int(node[key]) for py, key in (("ge", "minimum"), ("le", "maximum")) if key in node}
        bounds.setdefault("ge", -(2**63))
        bounds.setdefault("le", 2**63 - 1)
        if bounds == {"ge": -(2**63), "le": 2**63 - 1}:
            return "Integer"
        return f"Annotated[int, {meta(bounds)}]"

    def _number(self, _owner: str, _wire: str, node: Schema, _: Schema) -> str:
        bounds = {py: node[key] for py, key in (("ge", "minimum"), ("le", "maximum")) if key in node}
        return f"Annotated[float, {meta(bounds)}]" if bounds else "float"

    def _boolean(self, *_: Any) -> str:
        return "bool"

    def _array(self, owner: str, wire: str, node: Schema, shared: Schema) -> str:
        item = self.kind(owner, wire, node["items"], shared)
        bounds = {py: node[key] for py, key in (("min_length", "minItems"), ("max_length", "maxItems")) if key in node}
        array = f"tuple[{item}, ...]"
        return f"Annotated[{array}, {meta(bounds)}]" if bounds else array

    def _object(self, _owner: str, wire: str, node: Schema, shared: Schema) -> str:
        return self.struct(NAMES_16.get(wire, pascal(wire)), node, shared)

    def source(self) -> str:
        """Return the whole module."""
        wheel = importlib.metadata.version("ocpp")
        parts = [HEADER.format(title=VERSIONS[self.version], wheel=wheel)]
        parts += [f"Str{n} = Annotated[str, Meta(max_length={n})]\n" for n in sorted(self.strings)]
        parts += [f"\n\n{text}" if text.startswith("class") else f"\n{text}" for text in self.text.values()]
        return "".join([*parts, "\n\n", self.tables()])

    def tables(self) -> str:
        """Return the tables from action name to classes."""
        pairs = [
            f'    "{action}": ({request}, {self.responses[action]}),\n'
            for action, request in sorted(self.requests.items())
            if action in self.responses
        ]
        sends = [
            f'    "{action}": {request},\n' for action, request in sorted(self.requests.items()) if action not in self.responses
        ]
        return (
            "ACTIONS: Final[dict[str, tuple[type[Payload], type[Payload]]]] = {\n" + "".join(pairs) + "}\n"
            '"""Request and response of every CALL."""\n\n'
            "SENDS: Final[dict[str, type[Payload]]] = {" + ("\n" + "".join(sends) if sends else "") + "}\n"
            '"""Payload of every unconfirmed SEND."""\n'
        )


def meta(bounds: dict[str, Any]) -> str:
    """Return the source of a msgspec.Meta."""
    return "Meta(" + ", ".join(f"{key}={value}" for key, value in bounds.items()) + ")"


def schemas(version: str) -> dict[str, Schema]:
    """Return file stem → schema without prose, sorted by name."""
    spec = importlib.util.find_spec("ocpp")
    if spec is None or spec.origin is None:
        raise SystemExit("the ocpp wheel is not installed")
    folder = Path(spec.origin).parent / version / "schemas"
    return {file.stem: plain(json.loads(file.read_text("utf-8-sig"))) for file in sorted(folder.glob("*.json"))}


def generate(version: str) -> str:
    """Return the source of the module of one version."""
    module = Module(version)
    for stem, schema in schemas(version).items():
        module.add(stem, schema)
    return module.source()


def main() -> int:
    """Write the three modules."""
    for version in VERSIONS:
        (TARGET / f"{version}.py").write_text(generate(version), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
