# SPDX-License-Identifier: Apache-2.0
"""Structured logs on stderr: readable on a terminal, one JSON object a line elsewhere, secrets never."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from open63110.apps.config import Log

SECRET = re.compile(r"passw|secret|authori[sz]ation$|api_?key|^key$|credential|id_?token|id_?tag|cookie|pepper", re.IGNORECASE)
"""Names under which no value is ever written."""

HIDDEN = "***"

Entry = MutableMapping[str, Any]


def hide(_logger: Any, _method: str, entry: Entry) -> Entry:
    """Blank what is secret, at any depth."""
    for name, value in entry.items():
        entry[name] = HIDDEN if SECRET.search(name) else _hidden(value)
    return entry


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: HIDDEN if SECRET.search(str(name)) else _hidden(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(one) for one in value]
    return value


def set_up(settings: Log) -> None:
    """Send what this program and its libraries log to stderr, in one form."""
    as_console = settings.format == "console" or (settings.format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    form: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if as_console
        else [
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(),
        ]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(settings.level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide, *form],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    for chatty in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "picows"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
