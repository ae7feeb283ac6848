# SPDX-License-Identifier: Apache-2.0
"""Verbs whose options are the fields of a settings struct, with its words and its defaults."""

import inspect
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from cyclopts import App, Parameter

from open63110.apps.config_file import explained
from open63110.cli.derived import Way, add, parameter, spoken, without_none, written
from open63110.cli.say import AsJson
from open63110.kernel.errors import Malformed

S = TypeVar("S", bound=msgspec.Struct)


def add_settings(
    app: App, kind: type[S], work: Callable[[S, bool], int], words: str, names: Mapping[str, str] | None = None
) -> None:
    """Make an app's only command of a settings struct; fields without a default are its arguments.

    Args:
        app: whose command it is.
        kind: the settings.
        work: does it, given them and whether to speak JSON; returns the exit code.
        words: what it does, for people.
        names: how a field is called on the command line where not by its own name.
    """

    def verb(*given: Any, json: bool, **said: Any) -> int:
        required = [field.name for field in msgspec.structs.fields(kind) if field.required]
        values = dict(zip(required, given, strict=False)) | {name: value for name, value in said.items() if value is not None}
        return work(_settings(kind, values), json)

    json_option = inspect.Parameter("json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AsJson)
    add(app, "", verb, [*map(_option(kind, names or {}), msgspec.structs.fields(kind)), json_option], words)


def _settings(kind: type[S], values: dict[str, Any]) -> S:
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as fault:
        raise Malformed(str(fault)) from fault


def _option(kind: type[msgspec.Struct], names: Mapping[str, str]) -> Callable[[msgspec.structs.FieldInfo], inspect.Parameter]:
    said, hints = explained(kind), typing.get_type_hints(kind)

    def option(field: msgspec.structs.FieldInfo) -> inspect.Parameter:
        way = Way(Path, str) if without_none(hints[field.name]) is Path else written(hints[field.name])
        words = " ".join(filter(None, (spoken(said.get(field.name, "")), way.words, _default(field))))
        if field.required:
            wanted: Any = way.kind
            annotation = Annotated[wanted, Parameter(help=words)]
            return inspect.Parameter(field.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation)
        return parameter(field.name, way.kind, words, name=names.get(field.name))

    return option


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required or field.default in {None, "", False, ()} or field.default is msgspec.NODEFAULT:
        return ""
    value = field.default
    return f"[default: {' '.join(map(str, value)) if isinstance(value, tuple) else value}]"
