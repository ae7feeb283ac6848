# SPDX-License-Identifier: Apache-2.0
"""Who may wait for how long before it greets, so that nobody keeps the others out (B.4, B.10)."""

from open63110.bindings.link.anteroom import COME_AGAIN, FAIR, LONGEST, Anteroom


def full(at_once: int = 4) -> tuple[Anteroom, list[str]]:
    """An anteroom full of those who came at 0, and the growing list of those whose links were ended."""
    room, ended = Anteroom(at_once), list[str]()
    for number in range(at_once):
        name = f"peer-{number}"
        assert room.wait(name, 0.0) == 0
        room.enter(name, 0.0, lambda name=name: ended.append(name))  # type: ignore[misc] # a lambda's defaults
    return room, ended


def test_who_comes_to_a_full_room_comes_again_until_somebody_has_waited_long_enough() -> None:
    room, ended = full()
    assert COME_AGAIN[0] <= room.wait("new", FAIR - 1.0) <= COME_AGAIN[1]
    assert (ended, len(room)) == ([], 4)
    assert room.wait("new", FAIR) == 0
    assert (ended, len(room)) == (["peer-0"], 3)


def test_an_identity_takes_one_place_however_often_it_comes() -> None:
    room, ended = full()
    assert room.wait("peer-2", 5.0) == 0
    room.enter("peer-2", 5.0, lambda: ended.append("again"))
    assert len(room) == 4
    for number in range(3):
        assert room.wait(f"new-{number}", FAIR) == 0
        room.enter(f"new-{number}", FAIR, lambda: None)
    assert ended == ["peer-0", "peer-1", "again"], "it has waited since it came first"


def test_who_never_greets_is_kept_out_for_longer_each_time_while_there_is_little_room() -> None:
    room, _ = full()
    waits = []
    for _ in range(12):
        room.gone("peer-0", 100.0)
        waits.append(room.wait("peer-0", 100.0))
        room.enter("peer-0", 100.0, lambda: None)
    assert waits[:4] == [3, 5, 9, 17]
    assert waits[-1] == LONGEST + 1


def test_who_did_not_greet_comes_at_once_where_there_is_room() -> None:
    room = Anteroom(4)
    room.enter("a", 0.0, lambda: None)
    room.gone("a", 1.0)
    assert room.wait("a", 1.0) == 0


def test_who_has_failed_to_greet_before_makes_room_before_the_others() -> None:
    room, ended = full()
    room.gone("peer-3", 1.0)
    room.enter("peer-3", 2.0, lambda: ended.append("peer-3"))
    assert room.wait("new", 2.0 + FAIR) == 0
    assert ended == ["peer-3"]


def test_who_has_greeted_is_no_longer_counted_nor_held_to_what_it_did_before() -> None:
    room, _ = full()
    room.gone("peer-0", 0.0)
    room.enter("peer-0", 0.0, lambda: None)
    room.greeted("peer-0")
    room.gone("peer-0", 1.0)
    assert room.wait("peer-0", 1.0) == 0
    assert len(room) == 3


def test_sixty_four_peers_that_never_greet_keep_nobody_out_for_longer_than_is_fair() -> None:
    room, now, let_in = Anteroom(), 0.0, list[float]()
    for number in range(64):
        room.enter(f"bad-{number}", now, lambda: None)
    while not let_in:
        now += 1.0
        for number in range(64):  # they come back as soon as they are put out
            if f"bad-{number}" not in room._waiting and room.wait(f"bad-{number}", now) == 0:
                room.enter(f"bad-{number}", now, lambda: None)
        if room.wait("good", now) == 0:
            let_in.append(now)
    assert let_in[0] <= FAIR
