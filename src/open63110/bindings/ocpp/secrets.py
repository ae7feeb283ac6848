# SPDX-License-Identifier: Apache-2.0
"""What in a payload is a secret: passwords and keys that are set at stations. They go over the wire and nowhere else."""

from typing import Any

import msgspec

from open63110.model.device import names_secret

HIDDEN = "(hidden)"
CALL = b"[2,"
"""How the calls begin that are made here."""
_PLACES = frozenset({"location", "remoteLocation"})
"""Names of addresses that hold their own secret."""
_TELLTALE = (b'ocation":', b"assword", b"AuthorizationKey", b"secret", b"Secret", b"rivateKey")

_LEARNED: dict[str, bytes] = {}
"""Names that do not tell, of variables that may be written and not read: in lower case → as they stand in frames."""

MOST_LEARNED = 500


def learn(name: str) -> None:
    """Cover values of a variable from now on although its name does not tell that they are secrets."""
    if not _is_secret(name) and len(_LEARNED) < MOST_LEARNED:
        _LEARNED[name.lower()] = name.encode()


def hidden(value: Any) -> Any:
    """Return a payload with its secrets covered.

    They stand under a name that says so, or beside one: ``{"key": "AuthorizationKey", "value": …}`` of 1.6,
    ``{"variable": {"name": "BasicAuthPassword"}, "attributeValue": …}`` of 2.x.
    """
    if isinstance(value, list):
        return [hidden(one) for one in value]
    if not isinstance(value, dict):
        return value
    named = _is_secret(value.get("key")) or _is_secret(_name_of(value.get("variable")))
    return {
        name: HIDDEN if _is_secret(name) or (named and name in {"value", "attributeValue"}) else _place(name, one)
        for name, one in value.items()
    }


def _place(name: str, value: Any) -> Any:
    """Return what stands under a name; of an address that is to be kept to oneself, where it is and no more."""
    if name not in _PLACES or not isinstance(value, str):
        return hidden(value)
    scheme, mark, rest = value.partition("://")
    host = rest.partition("/")[0].rpartition("@")[2]
    return f"{scheme}{mark}{host}/{HIDDEN}" if mark else value


def _name_of(variable: Any) -> Any:
    return variable.get("name") if isinstance(variable, dict) else None


def _is_secret(name: Any) -> bool:
    return isinstance(name, str) and (name.lower() in _LEARNED or names_secret(name))


def shown(frame: bytes) -> bytes:
    """Return a frame of ours as it may be remembered; only calls can hold secrets, and hardly any does."""
    return covered(frame) if frame.startswith(CALL) else frame


def covered(text: bytes) -> bytes:
    """Return JSON with its secrets covered; what seems to hold one and cannot be read is covered whole."""
    for part in (
        (*_TELLTALE, *_LEARNED.values()) if _LEARNED else _TELLTALE
    ):  # thousands of limits pass here at once: a generator costs twice as much
        if part in text:
            break
    else:
        return text
    try:
        return msgspec.json.encode(hidden(msgspec.json.decode(text)))
    except (msgspec.DecodeError, RecursionError):
        return msgspec.json.encode(HIDDEN)
