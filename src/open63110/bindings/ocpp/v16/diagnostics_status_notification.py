# SPDX-License-Identifier: Apache-2.0
"""DiagnosticsStatusNotification (1.6): how far an upload of diagnostics has come; of which request, it cannot say."""

from typing import Any, Final

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.logs import LogState
from open63110.usecases.stations.retrieve_logs import LogProgressed

_WORDS: Final[dict[LogState | None, Any]] = {
    None: "Idle",
    LogState.UPLOADING: "Uploading",
    LogState.UPLOADED: "Uploaded",
    LogState.FAILED: "UploadFailed",
    LogState.PERMISSION_DENIED: "UploadFailed",
    LogState.BAD_MESSAGE: "UploadFailed",
    LogState.NOT_SUPPORTED: "UploadFailed",
}
_STATES: Final[dict[str, LogState | None]] = {
    "Idle": None,
    "Uploading": LogState.UPLOADING,
    "Uploaded": LogState.UPLOADED,
    "UploadFailed": LogState.FAILED,
}


def from_wire(request: types.DiagnosticsStatusNotificationRequest, door: Door) -> tuple[Message, ...]:
    """Read how far it is."""
    return (LogProgressed(station=door.station, at=door.now, state=_STATES[request.status]),)


def to_wire(event: LogProgressed, _: Door) -> types.DiagnosticsStatusNotificationRequest:
    """Tell how far it is.

    Raises:
        NotSupported: 1.6 has no word for one that another has taken the place of.
    """
    word = _WORDS.get(event.state)
    if word is None:
        raise NotSupported(f"OCPP 1.6 has no word for {event.state}", code="NoSuchStatus", where="state")
    return types.DiagnosticsStatusNotificationRequest(status=word)


DIAGNOSTICS_STATUS_NOTIFICATION = Translation(
    action="DiagnosticsStatusNotification",
    sender=Role.STATION,
    carries=(LogProgressed,),
    only=lambda event: not event.request,
    from_wire=from_wire,
    answer=lambda _, __: EMPTY,
    to_wire=to_wire,
    heard=stored,
)
