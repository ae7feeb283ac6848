# SPDX-License-Identifier: Apache-2.0
"""Memory that connections leave behind, given back to the system."""

import ctypes
from collections.abc import Callable


def _trimmer() -> Callable[[int], int] | None:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # only glibc keeps what was freed, and only glibc has this
        return None
    return trim


_trim = _trimmer()


def give_back() -> None:
    """Return freed pages to the system; stops everything meanwhile, for 0.1 to 0.2 s per freed gigabyte."""
    if _trim is not None:
        _trim(0)
