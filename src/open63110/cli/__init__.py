# SPDX-License-Identifier: Apache-2.0
"""The command line: nouns, then verbs; results on stdout, messages on stderr, 0 done, 1 not done, 2 not understood."""

import sys
from collections.abc import Sequence

from open63110.cli.root import app
from open63110.cli.say import guarded


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; None means those of the process.

    Returns:
        The exit code: 0 done, 1 not done (the reason is on stderr), 2 not understood.
    """
    return guarded(app, sys.argv[1:] if arguments is None else list(arguments))
