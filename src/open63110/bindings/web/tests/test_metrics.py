# SPDX-License-Identifier: Apache-2.0
"""Health and figures."""

from prometheus_client.parser import text_string_to_metric_families

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.kernel.roles import Role


async def figures(ground: Ground) -> dict[str, float]:
    answer = await ground.client().get("/metrics")
    assert answer.status_code == 200
    return {
        f"{sample.name}{sorted(sample.labels.values()) or ''}": sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_figures_count_what_became_durable(ground: Ground) -> None:
    await ground.station()
    client = await ground.as_(Role.OPERATOR)
    before = await figures(ground)
    await client.post(f"/api/v1/stations/{CS}/reboot", json={})
    await ground.settle()
    after = await figures(ground)
    assert after["open63110_orders_total['accepted']"] == 1
    assert after["open63110_facts_total['OrderChanged']"] > before.get("open63110_facts_total['OrderChanged']", 0)
    assert after["open63110_commits_total"] > before["open63110_commits_total"]
    assert after["open63110_stations['available', 'ocpp2.0.1']"] == 1
    assert after["open63110_orders_open"] == after["open63110_store_trouble"] == after["open63110_transfers_open"] == 0
    assert after["open63110_ocpp_connections"] == 1
    assert after["open63110_ocpp_frames_received_total"] == 7
    assert after["process_cpu_seconds_total"] > 0


async def test_figures_name_no_station_and_no_person(ground: Ground) -> None:
    await ground.station()
    await ground.token(name="Ann")
    await ground.charge(minutes=1, end=False)
    text = (await ground.client().get("/metrics")).text
    assert CS not in text
    assert "04A2" not in text
    assert (await figures(ground))["open63110_transfers_open"] == 1


async def test_figures_are_for_this_machine_and_for_readers_from_elsewhere(ground: Ground) -> None:
    forwarded = {"X-Forwarded-For": "192.0.2.1"}
    assert (await ground.client(**forwarded).get("/metrics")).status_code == 401
    await ground.as_(Role.CSP)
    assert (await ground.client(ground.keys[Role.CSP], **forwarded).get("/metrics")).status_code == 403
    await ground.as_(Role.VIEWER)
    assert (await ground.client(ground.keys[Role.VIEWER], **forwarded).get("/metrics")).status_code == 200


async def test_health_needs_nobody_to_log_in(ground: Ground) -> None:
    assert (await ground.client().get("/healthz")).status_code == 200
    assert (await ground.client().get("/readyz")).status_code == 200
