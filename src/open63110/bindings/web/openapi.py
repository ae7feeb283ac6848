# SPDX-License-Identifier: Apache-2.0
"""The description of REST (OpenAPI 3.1), generated from the table of operations and the types it names."""

import functools
import types
import typing
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import msgspec

from open63110.bindings.web.commands import LedTo
from open63110.bindings.web.operations import API, Operation
from open63110.bindings.web.shapes import Shown, fields_of, names_its_credential
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Event
from open63110.model.order import Order
from open63110.model.principal import Principal
from open63110.ports import StoredFact

WORDS = """REST of an open63110 CSMS. Commands are derived from the use cases of IEC 63110-1; each is answered with its order:
200 accepted, 202 not known in time (see Location), 403 not authorised, 409 rejected, 501 not supported, 502 failed, 504 expired.
Programs send `Authorization: Bearer <id>.<secret>`. Power is positive from the grid to the EV; times are UTC; energy is in Wh.
Credentials are named by kind and value, or by the reference an answer showed; viewers see them masked."""

ERRORS = {
    "400": "It could not be understood.",
    "401": "Nobody knows who asks.",
    "403": "The principal may not; audited.",
    "404": "There is no such thing, or it is another's.",
    "503": "It could not be stored, or the station is away; a retry may help.",
}
ORDER_ERRORS = {
    "409": "Rejected.",
    "501": "The station cannot do this.",
    "502": "The answer could not be understood, or never came.",
    "504": "The deadline passed.",
}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What was wrong, where, and what can be done about it."""

    code: str
    """Stable, for programs."""
    message: str
    """For people."""
    where: str
    """Path of the field at fault; empty: none."""
    remedy: str


@functools.cache
def shown_type(kind: Any) -> Any:
    """Return the struct that describes how a noun looks from outside."""
    if kind in {Fault, Shown} or not issubclass(kind, msgspec.Struct):
        return kind
    fields: list[Any] = [(name, described(hint)) for name, hint in fields_of(kind)]
    if names_its_credential(kind):
        fields = [(name, str if name == "ref" else hint) for name, hint in fields] + [("value", str)]
    if kind is Principal:
        fields += [("has_password", bool), ("has_key", bool)]
    if kind is Order:
        fields += [("replies", list[dict[str, Any]], []), ("led_to", LedTo | None, None)]
    if kind is StoredFact:
        fields = [("id", int), ("heard", dict(fields)["heard"]), ("kind", str), ("fact", dict[str, Any])]
    return msgspec.defstruct(kind.__name__, fields, namespace={"__doc__": kind.__doc__}, frozen=True, kw_only=True)


def described(hint: Any) -> Any:
    """Return the type of what is shown where we hold this one."""
    if hint is SubjectRef:
        return Shown
    if isinstance(hint, typing.NewType):
        return described(hint.__supertype__)
    if isinstance(hint, type) and issubclass(hint, Event):
        return dict[str, Any]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return shown_type(hint)
    if hint is bytes:
        return str
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        return functools.reduce(lambda one, other: one | other, [described(one) for one in arguments])
    if origin in {tuple, list, frozenset}:
        mixed = origin is tuple and arguments[-1] is not Ellipsis
        return list[Any] if mixed else list[described(arguments[0])]  # type: ignore[misc] # made at run time
    if origin is dict:
        return dict[str, described(arguments[1])]  # type: ignore[misc] # made at run time
    return hint


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the whole description."""
    table = tuple(operations)
    schemas, components = _schemas(table)
    paths: dict[str, dict[str, Any]] = {}
    for operation in table:
        path = paths.setdefault(f"{API}/{operation.path}", {})
        path[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "open63110", "version": version("open63110"), "description": WORDS, "license": {"name": "Apache-2.0"}},
        "security": [{"key": []}, {"session": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "<id>.<secret> of a principal"},
                "session": {"type": "apiKey", "in": "cookie", "name": "open63110_session"},
            },
            "schemas": dict(sorted(components.items())),
        },
    }


def _schemas(table: tuple[Operation, ...]) -> tuple[dict[tuple[str, str], Any], dict[str, Any]]:
    """Return schemas by operation and place (body, answer, or name of a parameter), and the components they refer to."""
    wanted: list[tuple[str, str]] = []
    kinds: list[Any] = []
    for operation in table:
        for place, kind in (("body", operation.body), ("answer", operation.answer and shown_type(operation.answer))):
            if kind is not None:
                wanted.append((operation.id, place))
                kinds.append(kind)
        for parameter in operation.parameters:
            wanted.append((operation.id, parameter.name))
            kinds.append(parameter.type)
    found, components = msgspec.json.schema_components([*kinds, Fault], ref_template="#/components/schemas/{name}")
    return dict(zip(wanted, found, strict=False)), components


def _operation(operation: Operation, schemas: dict[tuple[str, str], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": f"Roles: {operation.roles}.",
        "tags": [operation.tag],
        "parameters": [*_path_parameters(operation), *_query_parameters(operation, schemas)],
    }
    if operation.body is not None:
        body = schemas[operation.id, "body"]
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    if operation.raw:
        binary = {"schema": {"type": "string", "format": "binary"}}
        found["requestBody"] = {"required": True, "content": {"application/octet-stream": binary}}
    found["responses"] = _responses(operation, schemas)
    return found


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(operation: Operation, schemas: dict[tuple[str, str], Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "in": "query",
            "required": False,
            "schema": schemas[operation.id, one.name],
            **({"description": one.about} if one.about else {}),
        }
        for one in operation.parameters
    ]


def _responses(operation: Operation, schemas: dict[tuple[str, str], Any]) -> dict[str, Any]:
    answer = schemas.get((operation.id, "answer"), {})
    if operation.many:
        following = {"type": ["string", "null"], "description": "Where the next page begins; null: this is the last."}
        answer = {"type": "object", "properties": {"items": {"type": "array", "items": answer}, "next": following}}
    good = {"description": "It is done." if operation.method != "GET" else "Here it is.", "content": _content(operation, answer)}
    fault = {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}}
    found = {str(operation.status): good}
    if operation.order:
        found["202"] = {"description": "Not known in time; see Location.", "content": _content(operation, answer)}
    errors = ERRORS | (ORDER_ERRORS if operation.order else {})
    return found | {status: {"description": words, "content": fault} for status, words in sorted(errors.items())}


def _content(operation: Operation, schema: Any) -> dict[str, Any]:
    return {operation.content: {"schema": schema if operation.content == "application/json" else {"type": "string"}}}
