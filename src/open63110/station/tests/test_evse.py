# SPDX-License-Identifier: Apache-2.0
"""The states of IEC 61851-1: when a contactor closes, when it opens, and what is never done (7.10)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from open63110.kernel.units import Amperes
from open63110.station.evse import (
    Action,
    Allowed,
    Drive,
    Evse,
    FaultChanged,
    Fitting,
    Input,
    PilotState,
    Plugged,
    Seen,
    Serviced,
    Unplugged,
)

A16 = Allowed(amperes=Amperes(16.0))
NOTHING = Allowed(amperes=Amperes(0.0))
EMPTY = Seen(pilot="A", closed=False)


def there(pilot: PilotState = "B", **more: object) -> Seen:
    """An EV on a cable of 32 A; the contactor as its mirror contact shows it."""
    return replace(Seen(pilot=pilot, proximity=Amperes(32.0), closed=False), **more)


class Story:
    """Inputs one after another, and all that followed."""

    def __init__(self, fitting: Fitting | None = None) -> None:
        self.evse = Evse(fitting=fitting or Fitting(), switched=0.0)
        self.now = 0.0
        self.actions: list[Action] = []

    def hears(self, *heard: Input, after: float = 0.2) -> "Story":
        for one in heard:
            self.now += after
            self.evse, actions = self.evse.hear(one, self.now)
            self.actions += actions
        return self

    def said(self, kind: type[Action]) -> list[Action]:
        return [one for one in self.actions if isinstance(one, kind)]


def charging(fitting: Fitting | None = None) -> Story:
    """Energy flows at 16 A."""
    story = Story(fitting).hears(
        EMPTY, there("B"), A16, there("B"), there("C", locked=True), there("C", closed=True, locked=True)
    )
    assert story.evse.flows
    return story


def test_an_ev_that_comes_is_told_and_nothing_else_happens_until_something_is_allowed() -> None:
    story = Story().hears(EMPTY, there("B"), there("C"), there("C"))
    assert story.actions == [Plugged()]


def test_the_pilot_offers_first_and_the_contactor_closes_when_the_ev_is_ready() -> None:
    story = Story().hears(EMPTY, there("B"), A16, there("C"))
    offered, closed = story.said(Drive)
    assert (offered.closed, offered.amperes) == (False, 16.0)  # type: ignore[union-attr]  # a Drive
    assert (closed.closed, closed.amperes) == (True, 16.0)  # type: ignore[union-attr]  # a Drive


def test_an_ev_that_wanted_energy_before_it_was_allowed_waits_for_an_offer_of_its_own() -> None:
    story = Story().hears(EMPTY, there("C"), A16)
    assert story.evse.drive == Drive(amperes=Amperes(16.0))
    assert story.hears(there("C")).evse.flows


def test_state_d_needs_ventilation() -> None:
    assert not Story().hears(EMPTY, there("B"), A16, there("D"), there("D")).evse.flows
    assert Story(Fitting(ventilated=True)).hears(EMPTY, there("B"), A16, there("D")).evse.flows


@pytest.mark.parametrize("pilot", ["A", "B", "E", "F"])
def test_outside_c_and_d_the_contactor_opens_at_once(pilot: PilotState) -> None:
    assert not charging().hears(there(pilot, closed=True), after=0.0).evse.flows


def test_an_emergency_stop_opens_at_once_is_the_gravest_fault_and_goes_with_the_button() -> None:
    story = charging().hears(there("C", closed=True, emergency=True), after=0.0)
    assert (story.evse.flows, story.evse.drive.amperes) == (False, 0.0)
    assert story.said(FaultChanged) == [FaultChanged(code="EmergencyStop", severity=0)]
    story.hears(there("C"))
    assert story.said(FaultChanged)[-1] == FaultChanged(code="", severity=0)


def test_a_lost_proximity_contact_opens_at_once() -> None:
    story = charging().hears(there("C", closed=True, proximity=None), after=0.0)
    assert (story.evse.flows, story.evse.fault) == (False, "ProximityLost")


def test_a_fixed_cable_has_no_proximity_contact() -> None:
    story = Story(Fitting(socket=False)).hears(EMPTY, there("B", proximity=None), A16, there("C", proximity=None))
    assert (story.evse.flows, story.evse.fault) == (True, "")


def test_what_the_driver_finds_broken_opens_at_once_and_energy_flows_again_when_it_is_gone() -> None:
    story = charging().hears(there("C", closed=True, trouble="PowerMeterFailure"), after=0.0)
    assert (story.evse.flows, story.evse.fault) == (False, "PowerMeterFailure")
    story.hears(there("B"), there("C"), after=6.0)
    assert story.evse.flows


@pytest.mark.at("AT-7.10-2")
def test_an_ev_is_never_offered_more_than_its_cable_carries() -> None:
    story = Story().hears(EMPTY, there("B", proximity=Amperes(20.0)), Allowed(amperes=Amperes(32.0)))
    assert story.evse.drive.amperes == 20.0


def test_below_six_amperes_nothing_is_offered() -> None:
    story = charging().hears(Allowed(amperes=Amperes(5.9)), after=0.0)
    assert (story.evse.drive.amperes, story.evse.flows) == (0.0, True)
    assert not story.hears(there("B", closed=True)).evse.flows


def test_an_ev_that_is_asked_to_stop_has_some_seconds_before_the_contactor_opens_under_load() -> None:
    story = charging().hears(NOTHING, there("C", closed=True))
    assert story.evse.flows
    story.hears(there("C", closed=True), after=5.1)
    assert story.evse.flows
    story.hears(there("C", closed=True), after=1.1)
    assert not story.evse.flows


def test_what_is_allowed_again_before_the_contactor_opened_goes_on() -> None:
    story = charging().hears(NOTHING, there("C", closed=True)).hears(A16, there("C", closed=True), after=5.0)
    assert (story.evse.flows, story.evse.drive.amperes, story.evse.asked) == (True, 16.0, None)
    assert story.hears(there("C", closed=True), after=10.0).evse.flows


def test_the_pilot_falls_at_once_and_rises_slowly() -> None:
    story = charging().hears(Allowed(amperes=Amperes(10.0)), after=0.0)
    assert story.evse.drive.amperes == 10.0
    story.hears(A16, there("C", closed=True))
    assert story.evse.drive.amperes == 10.0
    story.hears(there("C", closed=True), after=5.1)
    assert story.evse.drive.amperes == 16.0


def test_a_welded_contactor_makes_the_evse_unavailable_until_somebody_has_looked() -> None:
    story = charging(Fitting(lock=True)).hears(NOTHING, there("B", closed=True, locked=True))
    assert not story.evse.flows
    story.hears(there("B", closed=True, locked=True), after=1.1)
    assert story.evse.fault == "PowerSwitchFailure"
    assert (story.evse.drive.available, story.evse.drive.locked) == (False, True)
    story.hears(EMPTY, there("C"), A16, there("C"), after=10.0)
    assert (story.evse.flows, story.evse.fault) == (False, "PowerSwitchFailure")
    story.hears(Serviced(), there("C", locked=True), after=10.0)
    assert (story.evse.flows, story.evse.fault, story.evse.drive.available) == (True, "", True)


def test_a_meter_that_shows_current_through_an_open_contactor_tells_that_it_is_welded() -> None:
    no_mirror = there("B", closed=None, current=Amperes(9.0))
    story = charging().hears(NOTHING, no_mirror).hears(no_mirror, after=4.0)
    assert story.evse.fault == ""
    assert story.hears(no_mirror, after=1.1).evse.fault == "PowerSwitchFailure"


def test_a_contactor_that_does_not_close_is_left_alone_until_the_ev_has_gone() -> None:
    story = Story().hears(EMPTY, there("B"), A16, there("C"), there("C"))
    story.hears(there("C"), after=1.1)
    assert (story.evse.flows, story.evse.fault) == (False, "ContactorFailure")
    story.hears(there("C"), after=60.0)
    assert story.evse.drive == Drive()
    story.hears(EMPTY, there("B"), after=1.0)
    assert story.evse.fault == ""


def test_an_ev_that_draws_more_than_it_is_offered_is_cut_off_after_a_while() -> None:
    greedy = there("C", closed=True, current=Amperes(20.0))
    story = charging().hears(greedy).hears(greedy, after=9.9)
    assert story.evse.flows
    story.hears(greedy, after=0.2)
    assert (story.evse.flows, story.evse.fault) == (False, "OverCurrentFailure")


def test_an_ev_that_follows_the_pilot_down_in_time_is_not_cut_off() -> None:
    story = charging().hears(Allowed(amperes=Amperes(8.0)), there("C", closed=True, current=Amperes(16.0)))
    story.hears(there("C", closed=True, current=Amperes(8.0)), after=5.0)
    story.hears(there("C", closed=True, current=Amperes(8.0)), after=60.0)
    assert story.evse.flows
    assert story.evse.over is None


def test_a_lock_that_does_not_hold_keeps_the_contactor_open_and_lets_go_of_the_cable() -> None:
    unlocked = there("C", locked=False)
    story = Story(Fitting(lock=True)).hears(EMPTY, there("B", locked=False), A16, unlocked, unlocked)
    assert (story.evse.flows, story.evse.drive.locked) == (False, True)
    story.hears(unlocked, after=3.1)
    assert (story.evse.fault, story.evse.drive.locked, story.evse.drive.amperes) == ("ConnectorLockFailure", False, 0.0)


def test_the_lock_holds_while_somebody_may_charge_and_lets_go_afterwards() -> None:
    story = charging(Fitting(lock=True))
    assert story.evse.drive.locked
    story.hears(NOTHING, there("C", closed=True, locked=True))
    assert story.evse.drive.locked
    assert not story.hears(there("B", closed=False, locked=True)).evse.drive.locked


def test_an_ev_that_goes_is_told_last() -> None:
    story = charging()
    story.actions.clear()
    story.hears(EMPTY)
    assert story.actions == [Drive(), Unplugged()]


def test_an_ev_that_shows_no_pilot_any_more_is_still_there() -> None:
    story = charging().hears(there("E"))
    assert (story.evse.plugged, story.evse.fault) == (True, "EVCommunicationError")


seen = st.builds(
    Seen,
    pilot=st.sampled_from(["A", "B", "C", "D", "E", "F"]),
    proximity=st.sampled_from([None, 13.0, 20.0, 32.0]),
    closed=st.sampled_from([None, True, False]),
    locked=st.sampled_from([None, True, False]),
    emergency=st.booleans(),
    current=st.floats(0, 40),
    trouble=st.sampled_from(["", "PowerMeterFailure"]),
)
inputs = st.one_of(seen, seen, st.builds(Allowed, amperes=st.floats(0, 63)), st.just(Serviced()))
fittings = st.builds(Fitting, socket=st.booleans(), lock=st.booleans(), ventilated=st.booleans())


@given(fittings, st.lists(st.tuples(inputs, st.floats(0, 12)), max_size=40))
def test_whatever_happens_nothing_unsafe_is_done(fitting: Fitting, story: list[tuple[Input, float]]) -> None:
    evse, now = Evse(fitting=fitting, switched=0.0), 0.0
    steps = [evse]
    for heard, wait in story:
        now += wait
        evse, _ = evse.hear(heard, now)
        steps.append(evse)
    for before, after in pairwise(steps):
        drive = after.drive
        assert not drive.amperes or 6 <= drive.amperes <= after.allowed
        if drive.closed:
            assert after.seen.pilot == "C" or (after.seen.pilot == "D" and fitting.ventilated)
            assert (after.seen.emergency, after.seen.trouble, after.fault, after.latched) == (False, "", "", "")
            assert not fitting.socket or after.seen.proximity is not None
            assert not fitting.lock or drive.locked
        if drive.closed and not before.drive.closed:
            assert before.drive.amperes > 0
            assert not fitting.lock or after.seen.locked
        if fitting.socket and drive.amperes:
            assert drive.amperes <= (after.seen.proximity or 0)
        assert drive.available or not drive.closed
