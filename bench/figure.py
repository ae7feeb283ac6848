# SPDX-License-Identifier: Apache-2.0
"""One line of a table of measurements, and what it is judged by."""

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    """Neither bound: shown for what it tells, judged by nobody."""

    @property
    def missed(self) -> bool:
        """Whether the value is outside its bounds."""
        above = self.at_most is not None and self.value > self.at_most
        return above or (self.at_least is not None and self.value < self.at_least)

    def __str__(self) -> str:
        bounds = [(self.at_least, ">="), (self.at_most, "<=")]
        target = " ".join(f"{sign} {bound:g}" for bound, sign in bounds if bound is not None)
        verdict = "MISSED" if self.missed else "ok" if target else ""
        return f"{self.name:<64}{self.value:>12,.2f} {self.unit:<8}{target:>10}  {verdict}"
