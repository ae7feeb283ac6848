# SPDX-License-Identifier: Apache-2.0
"""A CSMS that forgets to flush its disk: the build that the strace test must catch. Takes the words of `open63110 csms`."""

import functools
import sys

from open63110.apps import csms
from open63110.cli import main
from open63110.store.sqlite import SqliteStore

if __name__ == "__main__":
    vars(csms)["SqliteStore"] = functools.partial(SqliteStore, _synchronous="OFF")
    sys.argv[1:1] = ["csms"]
    main()
