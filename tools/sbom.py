# SPDX-License-Identifier: Apache-2.0
"""What is installed and served with the product, and under which licences (B.20): `python -m tools.sbom` prints CycloneDX."""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Final

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[1]
VENDORED: Final = ROOT / "src/open63110/bindings/web/static/vendor/README.md"

ALLOWED: Final = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "PSF-2.0", "Unlicense", "Zlib"}
)
"""SPDX ids of licences that ask for no royalty and put no condition on the work that uses theirs."""

WORDS: Final = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "mit license": "MIT",
    "python software foundation license": "PSF-2.0",
    "the mit license": "MIT",
    "the mit license (mit)": "MIT",
}
"""What older packages call their licence, in lower case → SPDX id; what is missing here is taken as it stands."""

SETTLED: Final = {"jinja2": "BSD-3-Clause", "pyserial": "BSD-3-Clause"}
"""Packages whose own words leave open which of several licences is meant; their licence files have it."""

UNKNOWN: Final = "NOASSERTION"


class Component(msgspec.Struct, frozen=True, kw_only=True, gc=False, order=True):
    """One work of others."""

    name: str
    version: str
    licence: str
    """SPDX expression; NOASSERTION where the package does not say."""
    vendored: bool = False
    """It lies in our own package."""

    @property
    def allowed(self) -> bool:
        """Its licence is one of those allowed."""
        return allowed(self.licence)


def allowed(expression: str) -> bool:
    """Judge an SPDX expression: of what is joined by OR one alternative has to do, of what is joined by AND all.

    What holds parentheses, an exception, or no SPDX id is not allowed: a person has to look.
    """
    return any(all(one in ALLOWED for one in choice.split(" AND ")) for choice in expression.split(" OR "))


def runtime() -> list[Component]:
    """Return all that `pip install open63110` brings on this platform."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[tuple[str, str], Distribution] = {}
    wanted = [(Requirement(line), "") for line in project["dependencies"]]
    while wanted:
        requirement, extra = wanted.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        for more in ("", *requirement.extras):
            key = (canonicalize_name(requirement.name), more)
            if key not in found:
                found[key] = distribution(key[0])
                wanted += [(Requirement(line), more) for line in found[key].requires or ()]
    return sorted(component(one) for (_, extra), one in found.items() if not extra)


def component(of: Distribution) -> Component:
    """Read what a package says of itself."""
    name = canonicalize_name(of.name)
    return Component(name=name, version=of.version, licence=SETTLED.get(name) or next(_said(of), UNKNOWN))


def _said(of: Distribution) -> Iterator[str]:
    """Yield its licence, from the plainest statement to the least plain one."""
    yield from of.metadata.get_all("License-Expression") or ()
    for words in of.metadata.get_all("License") or ():
        if words.strip() and "\n" not in words.strip():
            yield _spdx(words)
    for line in of.metadata.get_all("Classifier") or ():
        if line.startswith("License :: ") and line != "License :: OSI Approved":
            yield _spdx(line.rpartition(" :: ")[2])
    for name in of.metadata.get_all("License-File") or ():
        text = of.read_text(f"licenses/{name}") or of.read_text(name) or ""
        yield _spdx(text.strip().partition("\n")[0])


def _spdx(words: str) -> str:
    return WORDS.get(words.strip().lower(), words.strip())


def vendored() -> list[Component]:
    """Return the files of others that lie in our package, as the table beside them has it."""
    rows = re.findall(r"^\| (\S+) \| (\S+) (\S+) \| \S+ \| ([^,|]+), \S+ \|", VENDORED.read_text(encoding="utf-8"), re.MULTILINE)
    return sorted({Component(name=name, version=version, licence=licence, vendored=True) for _, name, version, licence in rows})


def bill() -> dict[str, object]:
    """Return the bill of materials in CycloneDX 1.6."""
    kinds = {False: "pypi", True: "npm"}
    components = [
        {
            "type": "library",
            "name": one.name,
            "version": one.version,
            "purl": f"pkg:{kinds[one.vendored]}/{one.name}@{one.version}",
            "licenses": [{"expression": one.licence}],
        }
        for one in (*runtime(), *vendored())
    ]
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
    print()
    refused = [one for one in (*runtime(), *vendored()) if not one.allowed]
    for one in refused:
        print(f"{one.name} {one.version}: {one.licence} is not allowed", file=sys.stderr)
    sys.exit(bool(refused))
