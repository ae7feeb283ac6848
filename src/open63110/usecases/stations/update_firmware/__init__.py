# SPDX-License-Identifier: Apache-2.0
"""Update the firmware of a charging station.

Clause:     8.3.6
Asked by:   CSMS, for an operator or a campaign
Done by:    charging station; a local controller or local CSMS may serve the image
Leaves:     a station that runs the new version and says so, or one that runs the old version and says why
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.usecases.stations.update_firmware import campaigns, csms, evolve, images, publish, station
from open63110.usecases.stations.update_firmware.evolve import INSTALLING, WAITS
from open63110.usecases.stations.update_firmware.messages import (
    AdmitBeforeFirmware,
    CancelCampaign,
    ConcludeFirmware,
    FirmwareAfterBoot,
    FirmwareAwaited,
    FirmwareCertificateRefused,
    FirmwareOrderAnswer,
    FirmwareOrderEnded,
    FirmwarePublishReported,
    FirmwareStatusReported,
    FirmwareTold,
    GoOnWithFirmware,
    PauseCampaign,
    PublicationOrderEnded,
    PublicationTold,
    PublishFirmware,
    PutFirmwareImage,
    RemoveFirmwareImage,
    ReportFirmware,
    ResumeCampaign,
    StartCampaign,
    TendCampaigns,
    UnpublishAnswer,
    UnpublishFirmware,
    UpdateFirmware,
)
from open63110.usecases.stations.update_firmware.publish import PublicationAnswer, publication_key

__all__ = [
    "INSTALLING",
    "USE_CASE",
    "WAITS",
    "AdmitBeforeFirmware",
    "CancelCampaign",
    "ConcludeFirmware",
    "FirmwareAfterBoot",
    "FirmwareAwaited",
    "FirmwareCertificateRefused",
    "FirmwareOrderAnswer",
    "FirmwareOrderEnded",
    "FirmwarePublishReported",
    "FirmwareStatusReported",
    "FirmwareTold",
    "GoOnWithFirmware",
    "PauseCampaign",
    "PublicationAnswer",
    "PublicationOrderEnded",
    "PublicationTold",
    "PublishFirmware",
    "PutFirmwareImage",
    "RemoveFirmwareImage",
    "ReportFirmware",
    "ResumeCampaign",
    "StartCampaign",
    "TendCampaigns",
    "UnpublishAnswer",
    "UnpublishFirmware",
    "UpdateFirmware",
    "publication_key",
]

_WHO = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.3.6",
    title="Update the firmware of a CS",
    decide={
        (Role.CSMS, UpdateFirmware): csms.ask,
        (Role.CSMS, FirmwareOrderEnded): csms.ended,
        (Role.CSMS, FirmwareStatusReported): csms.hear,
        (Role.CSMS, FirmwareAfterBoot): csms.hear_boot,
        (Role.CSMS, ConcludeFirmware): csms.conclude,
        (Role.CSMS, PublishFirmware): publish.ask,
        (Role.CSMS, UnpublishFirmware): publish.unpublish,
        (Role.CSMS, FirmwarePublishReported): publish.hear,
        (Role.CSMS, PublicationOrderEnded): publish.ended,
        (Role.CSMS, PublicationTold): publish.told_here,
        (Role.CSMS, PutFirmwareImage): images.put,
        (Role.CSMS, RemoveFirmwareImage): images.remove,
        (Role.CSMS, StartCampaign): campaigns.start,
        (Role.CSMS, PauseCampaign): campaigns.pause,
        (Role.CSMS, ResumeCampaign): campaigns.resume,
        (Role.CSMS, CancelCampaign): campaigns.cancel,
        (Role.CSMS, TendCampaigns): campaigns.tend,
        (Role.CSMS, AdmitBeforeFirmware): campaigns.admit,
        (Role.STATION, UpdateFirmware): station.obey,
        (Role.STATION, GoOnWithFirmware): station.go_on,
        (Role.STATION, ReportFirmware): station.report,
        (Role.STATION, FirmwareTold): station.told,
        (Role.STATION, PublishFirmware): publish.obey,
        (Role.STATION, UnpublishFirmware): publish.stop,
        (Role.STATION, PublicationTold): publish.told,
    },
    evolve={FirmwareStatusReported: evolve.reported, FirmwareAwaited: evolve.awaited},
    doors=(
        Door(command=UpdateFirmware, noun="station", verb="update-firmware", roles=_WHO),
        Door(command=PublishFirmware, noun="station", verb="publish-firmware", roles=_WHO),
        Door(command=UnpublishFirmware, noun="station", verb="unpublish-firmware", roles=_WHO),
        Door(command=PutFirmwareImage, noun="firmware-image", verb="put", roles=_WHO),
        Door(command=RemoveFirmwareImage, noun="firmware-image", verb="remove", roles=_WHO),
        Door(command=StartCampaign, noun="campaign", verb="start", roles=_WHO),
        Door(command=PauseCampaign, noun="campaign", verb="pause", roles=_WHO),
        Door(command=ResumeCampaign, noun="campaign", verb="resume", roles=_WHO),
        Door(command=CancelCampaign, noun="campaign", verb="cancel", roles=_WHO),
    ),
)
