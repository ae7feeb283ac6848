# SPDX-License-Identifier: Apache-2.0
"""What a local CSMS learns of credentials from the level above."""

from datetime import UTC, datetime

import pytest

from open63110.apps.clock import SystemClock
from open63110.apps.ids import StoredIds
from open63110.apps.local_wallet import LEARNED, Wallet
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.token import AuthorizationStatus, Credential, Token
from open63110.runtime.engine import Engine
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore
from open63110.usecases.services.authorize_externally import StartRemotely
from open63110.usecases.services.authorize_locally import AuthorizationAnswer, LocalListEntry, SendLocalList
from open63110.usecases.stations.onboard_station import RegisterStation

CS1, CS2 = StationId("CS1"), StationId("CS2")
GOOD, BAD = AuthorizationStatus.ACCEPTED, AuthorizationStatus.BLOCKED


class Ground:
    """An engine with two stations, and a wallet over it."""

    def __init__(self) -> None:
        store = MemoryStore()
        self.engine = Engine(Role.CSMS, discover(), store, SystemClock(1.0), StoredIds(store), Policy())
        self.wallet = Wallet(self.engine)
        for station in (CS1, CS2):
            self.engine.hear((RegisterStation(station=station),))

    def subject(self, value: str) -> SubjectRef:
        return self.engine.known.ref(Credential(kind="eMAID", value=value))

    def token(self, subject: SubjectRef) -> Token | None:
        return self.engine.known.token(subject)

    def answer(
        self, subject: SubjectRef, status: AuthorizationStatus, station: StationId = CS1, said: Token | None = None
    ) -> None:
        self.wallet.answered(AuthorizationAnswer(status=status, subject=subject, token=said), station)

    def list(self, station: StationId, version: int, **entries: AuthorizationStatus) -> None:
        rows = tuple(LocalListEntry(subject=self.subject(name), status=status) for name, status in entries.items())
        self.wallet.listed(SendLocalList(station=station, version=version, entries=rows))


@pytest.fixture
async def ground() -> Ground:
    return Ground()


async def test_a_credential_that_was_good_is_known_there_with_what_was_said_of_it(ground: Ground) -> None:
    anna = ground.subject("ANNA")
    assert ground.wallet.foreign(anna)
    ends = datetime(2030, 1, 1, tzinfo=UTC)
    ground.answer(anna, GOOD, said=Token(ref=anna, kind="eMAID", valid_until=ends, language="de"))
    token = ground.token(anna)
    assert token is not None
    assert (token.kind, token.contract, token.stations, token.valid_until, token.language) == (
        *("eMAID", LEARNED, ("CS1",)),
        *(ends, "de"),
    )
    ground.answer(anna, GOOD, CS2)
    after = ground.token(anna)
    assert after is not None
    assert after.stations == ("CS1", "CS2")
    assert ground.wallet.foreign(anna)


async def test_a_credential_that_was_taken_back_is_good_nowhere_and_one_that_is_busy_stays(ground: Ground) -> None:
    anna, bert = ground.subject("ANNA"), ground.subject("BERT")
    ground.answer(anna, GOOD)
    ground.answer(anna, AuthorizationStatus.CONCURRENT)
    token = ground.token(anna)
    assert token is not None
    assert not token.blocked
    ground.answer(anna, BAD)
    token = ground.token(anna)
    assert token is not None
    assert token.blocked
    ground.answer(bert, BAD)
    assert ground.token(bert) is None


async def test_the_credentials_of_the_site_are_its_own(ground: Ground) -> None:
    olga = ground.subject("OLGA")
    own = Token(ref=olga, kind="eMAID", name="Olga")
    ground.engine.known.tokens[olga] = own
    assert not ground.wallet.foreign(olga)
    ground.answer(olga, GOOD)
    ground.answer(olga, BAD)
    assert ground.token(olga) is own


async def test_a_list_says_all_that_is_good_at_a_station(ground: Ground) -> None:
    ground.list(CS1, 4, ANNA=GOOD, BERT=GOOD)
    ground.list(CS2, 2, ANNA=GOOD)
    assert (ground.wallet.version(CS1), ground.wallet.version(CS2), ground.wallet.version(StationId("CS3"))) == (4, 2, 0)
    ground.list(CS1, 5, BERT=BAD)
    anna, bert = ground.token(ground.subject("ANNA")), ground.token(ground.subject("BERT"))
    assert anna is not None
    assert bert is not None
    assert (anna.stations, bert.blocked) == (("CS2",), True)
    ground.list(CS2, 0)
    assert ground.token(ground.subject("ANNA")) is None
    assert ground.wallet.version(CS2) == 2


async def test_whom_the_level_above_starts_is_good_there(ground: Ground) -> None:
    anna, fleet = ground.subject("ANNA"), ground.subject("FLEET")
    ground.wallet.vouched(StartRemotely(station=CS2, subject=anna, evse=EvseNumber(1), group=fleet))
    token = ground.token(anna)
    assert token is not None
    assert (token.stations, token.group) == (("CS2",), fleet)
