# SPDX-License-Identifier: Apache-2.0
"""Figures for Prometheus, read off plain counters when somebody scrapes; no station and no person is named."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from open63110.bindings.web.queries import state_of
from open63110.bindings.web.stream import Stream
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Event
from open63110.model.order import OPEN, OrderChanged
from open63110.runtime.node import Node

PREFIX = "open63110_"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Figures(Collector):
    """Counts facts and outcomes as they become durable, and reads everything else when asked."""

    def __init__(self, node: Node, stream: Stream) -> None:
        """Begin at zero."""
        self._node, self._stream = node, stream
        self._facts: Counter[type[Event]] = Counter()
        self._outcomes: Counter[str] = Counter()
        node.engine.commit.on_durable.append(self._count)
        self.registry = CollectorRegistry()
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def text(self) -> bytes:
        """Return the exposition."""
        return generate_latest(self.registry)

    def _count(self, entries: list[Entry]) -> None:
        kinds = Counter([one.kind for one in entries])
        self._facts.update(kinds)
        if OrderChanged not in kinds:
            return
        for fact in (one.event for one in entries if one.kind is OrderChanged):
            if isinstance(fact, OrderChanged) and fact.orders.outcome not in OPEN:
                self._outcomes[fact.orders.outcome] += 1

    def collect(self) -> Iterator[Metric]:
        """Return every family."""
        engine = self._node.engine
        yield CounterMetricFamily(f"{PREFIX}commits", "Transactions made durable.", value=engine.commit.commits)
        yield GaugeMetricFamily(f"{PREFIX}store_trouble", "1 while commits fail.", value=engine.commit.trouble is not None)
        facts = CounterMetricFamily(f"{PREFIX}facts", "Facts made durable.", labels=("kind",))
        for kind, count in self._facts.items():
            facts.add_metric((kind.__name__,), count)
        yield facts
        outcomes = CounterMetricFamily(f"{PREFIX}orders", "Orders by how they ended.", labels=("outcome",))
        for outcome, count in self._outcomes.items():
            outcomes.add_metric((str(outcome),), count)
        yield outcomes
        yield GaugeMetricFamily(f"{PREFIX}orders_open", "Orders that wait or were sent.", value=len(engine.known.orders))
        yield from self._stations()
        yield GaugeMetricFamily(f"{PREFIX}web_streams", "Open live streams.", value=self._stream.viewers)
        yield CounterMetricFamily(f"{PREFIX}web_streams_dropped", "Viewers that were too slow.", value=self._stream.dropped)
        for name, value in self._node.counters().items():
            family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            yield family(PREFIX + name.removesuffix("_total"), "Of the links.", value=value)

    def _stations(self) -> Iterator[Metric]:
        stations = self._node.engine.stations.values()
        states = GaugeMetricFamily(f"{PREFIX}stations", "Stations by state and wire.", labels=("state", "wire"))
        for (state, wire), count in Counter((state_of(one), one.wire) for one in stations).items():
            states.add_metric((state, wire), count)
        yield states
        running = sum(one.ended is None for station in stations for one in station.transfers.values())
        yield GaugeMetricFamily(f"{PREFIX}transfers_open", "Energy transfers going on.", value=running)
