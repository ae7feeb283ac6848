# SPDX-License-Identifier: Apache-2.0
"""What the operator chose: settings that decisions read. Every one has a usable default."""

from typing import Literal

import msgspec

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Seconds, WattHours
from open63110.model.der import DerKind
from open63110.model.display import MessageFormat, MessagePriority, MessageState
from open63110.model.notice import Channel
from open63110.model.quirk import Quirk


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Choices of one CSMS."""

    cso: str = "open63110"
    """Party id of the charging station operator; first part of record ids."""
    unknown_stations: Literal["refuse", "quarantine", "accept"] = "quarantine"
    """What happens to a station nobody registered (8.3.15)."""
    admit: tuple[str, ...] = ()
    """Identities and serial numbers of stations that are let in although nobody registered them; an asterisk at the end stands
    for anything. Where strangers are refused they never come as far as to say who they are."""
    most_quarantined: int = 1000
    """How many stations that nobody registered may wait in quarantine; who comes after them is refused. Those that are accepted
    on sight are not counted: that is for closed networks."""
    forget_quarantined: int = 30
    """A quarantined station of which nothing was heard for so long is forgotten; 0: never [d]."""
    keep_minutes: int = 3
    """For so long the power of sites is kept by the minute, then by the quarter of an hour [d]."""
    keep_power: int = 400
    """For so long it is kept at all, and alarms about it that are over; 0: for ever [d]."""
    heartbeat: Seconds = Seconds(300.0)
    """Heartbeat interval told to stations [s]."""
    retry: Seconds = Seconds(60.0)
    """When a pending or rejected station may ask again [s]."""
    silent_after: Seconds = Seconds(900.0)
    """A connected station not heard for so long is alarmed [s]."""
    offline_after: Seconds = Seconds(600.0)
    """An accepted station that has had no link for so long is alarmed; 0: never [s]."""
    alarm_severity: int = 5
    """What stations tell is an alarm up to this severity: 0 danger, 1 hardware failure, 2 system failure, 3 critical, 4 error,
    5 alert, 6 warning, 7 notice, 8 information, 9 debug."""
    alarm_stays: int = 3
    """Alarms up to this severity stay listed after what raised them is gone, until somebody has acknowledged them."""
    alarm_again: Seconds = Seconds(300.0)
    """What is raised again so soon after it was over by itself goes on as the same alarm: it flutters [s]."""
    storm_alarms: int = 20
    """A station that has raised so many alarms within ``storm_within`` gets one more for all that follow."""
    storm_within: Seconds = Seconds(60.0)
    """After so long without another one such a storm is over [s]."""
    notice_after: Seconds = Seconds(5.0)
    """How long an alarm waits before those who want to be told are told: what it follows from may be known by then [s]."""
    channels: tuple[Channel, ...] = ()
    """Who is told of alarms; from the tables [notify.NAME], never from here."""
    quirks: tuple[Quirk, ...] = ()
    """What is awaited of stations that are not like others; from the tables [quirks.NAME], never from here."""
    keep_streams: int = 7
    """For so long values that came by event streams are kept; 0: for ever [d]."""
    keep_alarms: int = 400
    """For so long alarms of stations are kept after they are over; 0: for ever [d]."""
    closing: Seconds = Seconds(300.0)
    """A session whose energy transfer ended closes after this even if nobody unplugs [s]."""
    offline_end: Seconds = Seconds(172_800.0)
    """A transfer whose station was not heard for so long is ended by rule (I13) [s]."""
    connection_timeout: Seconds = Seconds(120.0)
    """How long an authorization waits for the plug (EVConnectionTimeOut) [s]."""
    order_deadline: Seconds = Seconds(30.0)
    """Deadline of a command that names none [s]."""
    admit_while_reset_pending: bool = False
    """New sessions while a reboot waits for idle (AT-8.3.7-2)."""
    clock_tolerance: Seconds = Seconds(300.0)
    """A station clock further off is flagged [s]."""
    late_rejection: Literal["stop", "flag"] = "stop"
    """What happens to a transfer that already runs on a credential that is not accepted: it is always flagged (I10)."""
    rejection_grace: Seconds = Seconds(10.0)
    """How long such a transfer may end by itself, or turn out to have ended already, before it is stopped [s]."""
    local_lists: bool = True
    """Stations are given the credentials that may be local."""
    local_list_every: Seconds = Seconds(900.0)
    """How often a station's list is compared with the one it should have [s]."""
    vendors: dict[str, tuple[str, ...]] = {}
    """Vendors whose own messages (OCPP DataTransfer) are known, and which kinds of each; an empty list: all kinds."""
    log_within: Seconds = Seconds(86_400.0)
    """How long a station has for a log that was asked of it (8.3.10) [s]."""
    keep_logs: int = 90
    """For so long logs of stations are kept; 0: for ever [d]."""
    settings_every: Seconds = Seconds(21_600.0)
    """How often a station is asked whether it is still set as it is to be; 0: when it connects only [s]."""
    inventory: Literal["new-firmware", "each-boot", "never"] = "new-firmware"
    """When a station is asked by itself what it consists of: once it is another device or has other firmware than was known."""
    inventory_within: Seconds = Seconds(60.0)
    """Within so long after its boot it is asked, not all at once with others [s]."""
    grid_restore: Seconds = Seconds(60.0)
    """Over how long stations get more again, one after another, once an order of a DSO is over (7.7, 8.2.7) [s]."""
    firmware_signed: bool = True
    """Firmware without a signature is neither ordered nor, at a station, installed (8.3.6)."""
    firmware_within: Seconds = Seconds(604_800.0)
    """How long after its time an image can be fetched at the address made for an order [s]."""
    vat_numbers: Literal["reject", "well-formed"] = "reject"
    """Which numbers for value added tax that are entered at stations will do: none, as no register is asked, or those that have
    the form of their country (8.4.8)."""
    deletion_days: int = 30
    """Within so many days a person's data are deleted everywhere if the request names no deadline [d]."""


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """What the display of a station can show (8.3.8)."""

    name: str = ""
    """Of its component, where a message may name it; a message that names none is for it in any case."""
    most: int = 50
    """Messages it keeps; 0: there is no display."""
    page: int = 10
    """Messages it tells at a time."""
    formats: tuple[MessageFormat, ...] = tuple(MessageFormat)
    priorities: tuple[MessagePriority, ...] = tuple(MessagePriority)
    states: tuple[MessageState, ...] = tuple(MessageState)
    languages: tuple[str, ...] = ()
    """Those it knows, the usual one first; none: any."""


class GridAbility(msgspec.Struct, frozen=True, kw_only=True):
    """How a station can be told to behave towards the grid (8.2.10)."""

    kinds: tuple[DerKind, ...] = tuple(DerKind)
    """Which controls it knows; none: it cannot be told at all."""
    most: int = 50
    """Controls it keeps."""
    signals: bool = True
    """It follows signals of the grid's operator (aFRR)."""


class StationPolicy(Policy, frozen=True, kw_only=True):
    """Choices of one charging station, for the role of the station."""

    offline: Literal["list", "list-or-cache", "allow-unknown"] = "list-or-cache"
    """Who may charge while the CSMS cannot be asked."""
    offline_most: WattHours = WattHours(10_000.0)
    """What a credential nobody knows may take while the CSMS cannot be asked [Wh]."""
    answer_within: Seconds = Seconds(20.0)
    """The offline rules apply when the CSMS has not answered after this [s]."""
    local_list: bool = True
    """The station has a local list at all."""
    cache_size: int = 500
    """How many answers it remembers."""
    screen: Screen = Screen()
    grid: GridAbility = GridAbility()
    battery_swaps: bool = True
    """There are batteries to be swapped."""
    sampling: Seconds = Seconds(60.0)
    """Between two readings while energy may flow [s]."""
    patience: Seconds = Seconds(30.0)
    """How long the answer to a call is awaited [s]."""
    security_profile: Literal[0, 1, 2, 3] = 1
    """Of OCPP: how the link is secured; 0: not at all."""
    log_fastest: Seconds = Seconds(1.0)
    """What its meters can be read for a log at most, once in so long (8.3.9) [s]."""
    log_most: int = 8_000_000
    """How much it can log by one set of criteria [bytes]."""
    log_ring: int = 3_600
    """How many samples from before a trigger it can hold."""
    log_criteria: int = 10
    """By how many sets of criteria it can log."""
    tariffs: int = 20
    """How many tariffs it can hold at a time (8.4.7)."""
    tariff_prices: int = 50
    """How many prices a tariff may have that it holds."""
    single_phase: tuple[EvseNumber, ...] = ()
    """Its EVSEs with one phase; the others have three."""
    sockets: tuple[EvseNumber, ...] = ()
    """Its EVSEs into which drivers plug cables of their own; the others have a cable."""
