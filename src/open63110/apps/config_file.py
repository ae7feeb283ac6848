# SPDX-License-Identifier: Apache-2.0
"""A configuration file that explains itself: every setting with its meaning and default, written from the code that reads it."""

import ast
import functools
import inspect
import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import msgspec

from open63110.apps.config import Config, table_of
from open63110.apps.notify_config import NOTIFY
from open63110.apps.protection_config import RULED, RULES
from open63110.apps.quirk_config import QUIRKS

HEAD = """\
# Configuration of a CSMS: `open63110 csms --config THIS-FILE`. `open63110 config check` tells whether it will do.
# A line that begins with #name shows a default. Each setting can be overridden by the environment:
# OPEN63110__WEB__PORT=9000 sets port in [web]; OPEN63110__WEB__PORT_FILE=/path reads the value from a file.
"""

LISTENER = "name"
"""Stands for the name of a listener where none is configured: in the explanation only."""

WIDTH = 118

Chosen = Mapping[str, Any]


def written(chosen: Chosen) -> str:
    """Return the text of a file in which some settings, a tree like the file's, are chosen and all others explained."""
    return HEAD + "\n" + explained_tables(Config, chosen, example=LISTENER) + RULES + NOTIFY + QUIRKS


def explained_tables(whole: type[msgspec.Struct], chosen: Chosen, *, example: str) -> str:
    """Return the tables of any configuration, explained.

    Args:
        whole: what can be set; of tables within tables nothing is said.
        chosen: what is set, a tree like the file's.
        example: stands for the name of a table of many where none is chosen; of rules RULES says more.
    """
    parts = [*_settings(whole, chosen)]
    for name, kind in _many(whole):
        for key, one in chosen.get(name, {}).items():
            parts += ["", f"[{name}.{_key(key)}]", *_settings(kind, one)]
        if not chosen.get(name) and name not in RULED:
            parts += ["", f"#[{name}.{example}]", *_settings(kind, {})]
    for name, kind in _tables(whole):
        parts += ["", *_comment(inspect.getdoc(kind) or ""), f"[{name}]", *_settings(kind, chosen.get(name, {}))]
    return "\n".join(parts) + "\n"


def _many(whole: type[msgspec.Struct]) -> Iterator[tuple[str, type[msgspec.Struct]]]:
    for name, hint in get_type_hints(whole).items():
        kind, many = table_of(hint)
        if kind is not None and many:
            yield name, kind


def _tables(kind: type[msgspec.Struct]) -> Iterator[tuple[str, type[msgspec.Struct]]]:
    for name, hint in get_type_hints(kind).items():
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield name, hint


def _settings(kind: type[msgspec.Struct], chosen: Chosen) -> Iterator[str]:
    said, hints = explained(kind), get_type_hints(kind)
    many = {name for name, _ in _many(kind)}
    for field in msgspec.structs.fields(kind):
        default = {} if field.default_factory is dict and field.name not in many else field.default
        if default is msgspec.NODEFAULT or isinstance(default, msgspec.Struct):
            continue
        yield from _comment(" ".join(filter(None, (said.get(field.name, ""), _choices(hints[field.name])))))
        if field.name in chosen:
            yield f"{field.name} = {_value(chosen[field.name])}"
        else:
            yield f"#{field.name} = {_value(default)}"


def _choices(hint: Any) -> str:
    words = [word for word in get_args(hint) if isinstance(word, str)]
    return f"One of: {', '.join(words)}." if words else ""


@functools.cache
def explained(kind: type[Any]) -> dict[str, str]:
    """Return what stands below each field of a class, as one line."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    found: dict[str, str] = {}
    name = ""
    for node in body.body if isinstance(body, ast.ClassDef) else ():
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and name:
            found[name] = " ".join(str(node.value.value).split())
    return found


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ")


def _key(name: str) -> str:
    return name if name and all(c.isalnum() or c in "-_" for c in name) and name.isascii() else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(name)} = {_value(one)}' for name, one in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)  # strings, numbers and truth values are spelled the same in TOML
