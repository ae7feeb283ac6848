# SPDX-License-Identifier: Apache-2.0
"""Fault codes that are not a maker's own: the minimum required error codes (MREC) of the ChargeX consortium, and those of OCPP.

Names and numbers are ChargeX's and OCPP's; the words are ours.
"""

from typing import Final, NamedTuple

from open63110.model.fault import FaultEntry


class Mrec(NamedTuple):
    """One minimum required error code."""

    code: str
    name: str
    severity: int
    """What it is in our judgement: 0 danger … 9 debug."""
    blocking: bool
    en: str
    de: str


_ROWS: Final[tuple[tuple[str, str, int, bool, str, str], ...]] = (
    (
        "CX001",
        "ConnectorLockFailure",
        3,
        True,
        "The plug cannot be locked or released.",
        "Der Stecker lässt sich nicht ver- oder entriegeln.",
    ),
    (
        "CX002",
        "GroundFailure",
        1,
        True,
        "Current leaks to earth; the protection has tripped.",
        "Strom fließt zur Erde ab; der Schutz hat ausgelöst.",
    ),
    ("CX003", "HighTemperature", 2, True, "The station is too hot inside.", "Im Inneren der Station ist es zu heiß."),
    (
        "CX004",
        "OverCurrentFailure",
        2,
        True,
        "More current flowed than may; the protection has tripped.",
        "Es floss mehr Strom als erlaubt; der Schutz hat ausgelöst.",
    ),
    ("CX005", "OverVoltage", 2, True, "The voltage is too high.", "Die Spannung ist zu hoch."),
    ("CX006", "UnderVoltage", 3, True, "The voltage is too low.", "Die Spannung ist zu niedrig."),
    ("CX007", "WeakSignal", 5, False, "The radio signal of the station is weak.", "Das Funksignal der Station ist schwach."),
    ("CX008", "EmergencyStop", 0, True, "Somebody pressed the emergency stop.", "Jemand hat den Not-Halt gedrückt."),
    ("CX009", "AuthorizationTimeout", 6, False, "Nobody was authorised in time.", "Es wurde nicht rechtzeitig freigeschaltet."),
    (
        "CX010",
        "InvalidVehicleMode",
        6,
        False,
        "The vehicle cannot charge as it is, for example because it is not parked.",
        "Das Fahrzeug kann so nicht laden, etwa weil es nicht in Parkstellung ist.",
    ),
    (
        "CX011",
        "CableCheckFault",
        3,
        True,
        "The check of cable and insulation before charging failed.",
        "Die Prüfung von Kabel und Isolation vor dem Laden ist fehlgeschlagen.",
    ),
    (
        "CX012",
        "PreChargeFault",
        3,
        True,
        "Before charging the voltage was not brought to that of the vehicle.",
        "Vor dem Laden wurde die Spannung nicht an die des Fahrzeugs angeglichen.",
    ),
    (
        "CX013",
        "NoInternet",
        4,
        False,
        "The station has no connection to the internet.",
        "Die Station hat keine Verbindung zum Internet.",
    ),
    (
        "CX014",
        "PilotFault",
        3,
        True,
        "The control pilot between station and vehicle is not as it should be.",
        "Das Pilotsignal zwischen Station und Fahrzeug stimmt nicht.",
    ),
    ("CX015", "PowerLoss", 2, True, "The supply of the station is gone.", "Die Versorgung der Station ist ausgefallen."),
    (
        "CX016",
        "EVContactorFault",
        4,
        False,
        "A contactor in the vehicle does not switch.",
        "Ein Schütz im Fahrzeug schaltet nicht.",
    ),
    (
        "CX017",
        "EVSEContactorFault",
        1,
        True,
        "A contactor in the station does not open or close.",
        "Ein Schütz in der Station öffnet oder schließt nicht.",
    ),
    (
        "CX018",
        "CableOverTempDerate",
        5,
        False,
        "Cable or plug are hot; the power was reduced.",
        "Kabel oder Stecker sind heiß; die Leistung wurde verringert.",
    ),
    (
        "CX019",
        "CableOverTempStop",
        2,
        True,
        "Cable or plug are too hot; charging was stopped.",
        "Kabel oder Stecker sind zu heiß; das Laden wurde beendet.",
    ),
    ("CX020", "PartialInsertion", 6, False, "The plug is not all the way in.", "Der Stecker steckt nicht ganz."),
    (
        "CX021",
        "CapacitanceFault",
        3,
        True,
        "The capacitance measured at the output is not allowed.",
        "Am Ausgang wurde eine unzulässige Kapazität gemessen.",
    ),
    ("CX022", "ResistanceFault", 2, True, "The insulation resistance is too low.", "Der Isolationswiderstand ist zu gering."),
    (
        "CX023",
        "ProximityFault",
        3,
        True,
        "The contact that tells whether a plug is there is not as it should be.",
        "Der Kontakt, der den Stecker meldet, stimmt nicht.",
    ),
    (
        "CX024",
        "ConnectorVoltageHigh",
        1,
        True,
        "There is voltage at the plug where none may be.",
        "Am Stecker liegt Spannung, wo keine sein darf.",
    ),
    ("CX025", "BrokenLatch", 4, True, "The latch of the plug is broken.", "Die Rastnase des Steckers ist gebrochen."),
    ("CX026", "CutCable", 1, True, "The cable was cut or torn off.", "Das Kabel wurde durchtrennt oder abgerissen."),
)

MREC: Final = tuple(Mrec(*row) for row in _ROWS)
"""By number; Revision 5 of the list."""

_OF_OCPP: Final[tuple[tuple[str, str, int, bool, str, str], ...]] = (
    (
        "EVCommunicationError",
        "",
        6,
        False,
        "Station and vehicle do not understand each other.",
        "Station und Fahrzeug verstehen sich nicht.",
    ),
    ("InternalError", "", 3, True, "Something in the station does not work.", "In der Station funktioniert etwas nicht."),
    (
        "LocalListConflict",
        "",
        6,
        False,
        "The list of cards in the station contradicts the CSMS.",
        "Die Kartenliste der Station widerspricht dem CSMS.",
    ),
    (
        "OtherError",
        "",
        4,
        False,
        "Something is wrong that has no name of its own; the vendor's code says more.",
        "Eine Störung ohne eigenen Namen; der Code des Herstellers sagt mehr.",
    ),
    ("PowerMeterFailure", "", 3, True, "The meter cannot be read.", "Der Zähler lässt sich nicht ablesen."),
    (
        "PowerSwitchFailure",
        "CX017",
        1,
        True,
        "The switch of the power does not do as it is told.",
        "Der Leistungsschalter gehorcht nicht.",
    ),
    ("ReaderFailure", "", 4, False, "The card reader does not work.", "Der Kartenleser funktioniert nicht."),
    ("ResetFailure", "", 4, False, "The station could not start again.", "Die Station konnte nicht neu starten."),
)
"""Error codes of OCPP 1.6 that are not among those above: code, the MREC that means it, severity, blocking, words."""


def _mrec(one: Mrec, code: str) -> FaultEntry:
    return FaultEntry(
        code=code, severity=one.severity, text={"en": one.en, "de": one.de}, blocking=one.blocking, std_code=one.code
    )


STANDARD: Final[dict[str, FaultEntry]] = {
    **{one.code: _mrec(one, one.code) for one in MREC},
    **{one.name: _mrec(one, one.name) for one in MREC},
    **{
        code: FaultEntry(code=code, severity=severity, text={"en": en, "de": de}, blocking=blocking, std_code=standard)
        for code, standard, severity, blocking, en, de in _OF_OCPP
    },
}
"""By code: an MREC goes by its number, and by its name, which for eight of them is the error code of OCPP 1.6."""

NAMES: Final[dict[str, str]] = {one.code: one.name for one in MREC}
"""MREC code → name."""
