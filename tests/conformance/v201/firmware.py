# SPDX-License-Identifier: Apache-2.0
"""Any message about firmware that OCPP can carry, for properties; and what gets lost on the way, by kind."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from tests.conformance.v201.golden import CS

from open63110.bindings.ocpp.firmware import PUBLISHED, STATUS
from open63110.kernel.messages import Message
from open63110.usecases.stations.update_firmware import (
    FirmwarePublishReported,
    FirmwareStatusReported,
    PublishFirmware,
    UnpublishFirmware,
    UpdateFirmware,
)

FIRMWARE_LOST: dict[type[Message], set[str]] = {
    FirmwareStatusReported: {"at", "detail"},  # a status has no time on the wire
    FirmwarePublishReported: {"at"},
    UpdateFirmware: {"image", "version", "admit", "unsigned", "publisher", "sha256", "size", "campaign", "by"},
    PublishFirmware: {"image", "sha256", "size", "vendor", "models", "version", "signature", "certificate"},
    UnpublishFirmware: {"image"},
}
"""Fields that come back as their defaults."""

moment = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def words(most: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8"), max_size=most)


places = st.text("abcdef/.-019", max_size=400).map("https://csms.example/{}".format)
md5 = st.text("0123456789abcdef", min_size=32, max_size=32)
few = st.integers(0, 2**31 - 1)
orders = st.builds(
    UpdateFirmware,
    station=st.just(CS),
    request=st.integers(1, 2**31 - 1),
    location=places,
    retrieve_at=moment,
    install_at=st.none() | moment,
    retries=few,
    retry_interval=few.map(float),
    signature=words(800),
    certificate=words(5500),
)
statuses_of_firmware = st.builds(
    FirmwareStatusReported, station=st.just(CS), at=moment, state=st.sampled_from(sorted(STATUS)), request=few
)

FIRMWARE: dict[type[Message], st.SearchStrategy[Any]] = {
    UpdateFirmware: orders,
    FirmwareStatusReported: statuses_of_firmware,
    PublishFirmware: st.builds(
        PublishFirmware,
        station=st.just(CS),
        image=st.just(""),
        request=few,
        location=places,
        md5=md5,
        retries=few,
        retry_interval=few.map(float),
    ),
    FirmwarePublishReported: st.builds(
        FirmwarePublishReported,
        station=st.just(CS),
        at=moment,
        state=st.sampled_from(sorted(PUBLISHED)),
        request=few,
        locations=st.lists(places, max_size=3).map(tuple),
    ),
    UnpublishFirmware: st.builds(UnpublishFirmware, station=st.just(CS), md5=md5),
}
