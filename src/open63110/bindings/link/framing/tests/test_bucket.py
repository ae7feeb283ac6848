# SPDX-License-Identifier: Apache-2.0
"""So many at once, then so many per second."""

from open63110.bindings.link.framing.bucket import Bucket


def test_a_burst_goes_at_once_and_the_rest_at_its_pace() -> None:
    bucket = Bucket(rate=2.0, burst=3.0)
    assert [bucket.take(10.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.wait(10.0) == 0.5
    assert bucket.next() == [10.5]
    assert [bucket.take(10.5), bucket.take(10.5)] == [True, False]
    assert bucket.wait(1000.0) == 0.0
    assert bucket.next() == []
    assert [bucket.take(1000.0) for _ in range(4)] == [True, True, True, False]
