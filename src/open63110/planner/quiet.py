# SPDX-License-Identifier: Apache-2.0
"""HiGHS without a word: left alone it greets on standard output, which may be somebody's wire."""

import highspy


class Quiet(highspy.Highs):
    """A solver on one thread that says nothing, and solves from where it was rather than simplifying first."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # highspy types only a part of itself
        self.setOptionValue("threads", 1)
        self.setOptionValue("presolve", "off")

    def enableCallbacks(self) -> None:  # noqa: N802  # its name there; the greeting comes with it
        """Be silent before it can greet."""
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # as above
