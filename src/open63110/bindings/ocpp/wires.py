# SPDX-License-Identifier: Apache-2.0
"""Every version of OCPP that is spoken, newest first; each is read in when it is first used, for a station speaks only one."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Final

from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Wire

_FOLDERS: Final = {Version.V21: "v21", Version.V201: "v201", Version.V16: "v16"}


class _Wires(Mapping[Version, Wire]):
    def __getitem__(self, version: Version) -> Wire:
        found: Wire = importlib.import_module(f"open63110.bindings.ocpp.{_FOLDERS[version]}.wire").WIRE
        return found

    def __contains__(self, version: object) -> bool:
        return version in _FOLDERS

    def __iter__(self) -> Iterator[Version]:
        return iter(_FOLDERS)

    def __len__(self) -> int:
        return len(_FOLDERS)


WIRES: Mapping[Version, Wire] = _Wires()
