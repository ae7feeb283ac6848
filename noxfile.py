# SPDX-License-Identifier: Apache-2.0
"""The tests on every Python at hand, and with the oldest direct dependencies that pyproject.toml allows.

Continuous integration runs `make test` on one Python; run `nox` before a release.
"""

import shutil
import sys

import nox

nox.options.default_venv_backend = "uv"
VERSIONS = [version for version in ("3.11", "3.12", "3.13", "3.14") if shutil.which(f"python{version}")]
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"


@nox.session(python=VERSIONS or [THIS])
def tests(session: nox.Session) -> None:
    """Run every test with the locked dependencies."""
    session.install("--require-hashes", "-r", "requirements.lock")
    session.install("--no-deps", "-e", ".")
    session.run("pytest", *session.posargs)


@nox.session(python=THIS)
def lowest(session: nox.Session) -> None:
    """Run every test with the lowest versions of the direct dependencies."""
    session.install("--resolution=lowest-direct", "--group", "dev", "-e", ".")
    session.run("pytest", *session.posargs)
