"""What is counted, where it is read, and that nobody can make it grow."""

from pathlib import Path

import httpx
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gateway.settings import Settings
from gateway.startup_errors import StartupError
from gateway.telemetry.metrics import MAX_OPERATION_LABELS, Metrics
from gateway.telemetry.request_log import RequestStats
from tests.processes import free_port
from tests.server.live import live

OPERATIONS = "licet_operation_seconds_count"
Sample = tuple[str, tuple[tuple[str, str], ...]]


def samples(text: str) -> dict[Sample, float]:
    """By name and labels, without the times at which they began."""
    families = text_string_to_metric_families(text)
    found = [sample for family in families for sample in family.samples if not sample.name.endswith("_created")]
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in found}


async def test_operations_refusals_and_connections_are_counted(
    server_url: str, settings: Settings, signing_key: str
) -> None:
    port = free_port()
    query = 'query Names {{ account(id: "acc_{}") {{ subscriptions {{ nodes {{ displayName }} }} }} }}'

    async with live(server_url, settings, signing_key, metrics_port=port) as served:
        for _ in range(3):
            await served.client.ask(query.format(served.account))
        await served.send(served.renaming("After"))
        await served.client.post("query Deep " + "{ a" * 16 + "}" * 16)
        await served.client.post("{ viewer { password } }")
        async with httpx.AsyncClient() as reader:
            counted = samples((await reader.get(f"http://127.0.0.1:{port}/metrics")).text)

    path = next(dict(labels)["path"] for name, labels in counted if dict(labels).get("operation") == "Names")
    names = (("operation", "Names"), ("path", path))
    assert counted[OPERATIONS, names] == 3
    assert counted["licet_cost_total", names] == 3 * (1 + 1 + 20)
    assert counted["licet_statements_total", names] in (3, 6)
    assert counted["licet_statements_total", (("operation", "unnamed"), ("path", "reference"))] > 3
    assert counted["licet_refusals_total", (("code", "LIMIT_EXCEEDED"),)] == 1
    assert counted["licet_refusals_total", (("code", "INVALID_OPERATION"),)] == 1
    assert counted["licet_responses_total", (("status", "400"),)] == 1
    assert counted["licet_pool_size", ()] >= 1
    assert (counted["licet_pool_in_use", ()], counted["licet_pool_waiting", ()]) == (0, 0)


async def test_a_fault_in_a_field_is_counted_though_the_rest_is_answered(
    server_url: str, settings: Settings, signing_key: str
) -> None:
    port = free_port()

    async with live(server_url, settings, signing_key, metrics_port=port, compiled=False) as served:
        await served.admin.execute("ALTER TABLE subscriptions RENAME COLUMN display_name TO title")
        response = await served.send(served.names)
        async with httpx.AsyncClient() as reader:
            counted = samples((await reader.get(f"http://127.0.0.1:{port}/metrics")).text)

    assert response.status_code == 200
    assert len(response.json()["errors"]) == 1
    assert counted["licet_faults_total", ()] == 1


def test_names_beyond_the_first_are_counted_as_other() -> None:
    metrics = Metrics()

    for place in range(MAX_OPERATION_LABELS + 50):
        metrics.observe(RequestStats(operation=f"Q{place}", execution_path="compiled"))
    metrics.observe(RequestStats(operation="Q0", execution_path="compiled"))
    metrics.observe(RequestStats(execution_path="compiled"))

    counted = samples(generate_latest(metrics.registry).decode())
    seen = {dict(labels)["operation"]: n for (name, labels), n in counted.items() if name == OPERATIONS}
    assert seen == {f"Q{place}": 1 for place in range(MAX_OPERATION_LABELS)} | {"Q0": 2, "other": 50, "unnamed": 1}


def test_a_port_that_is_taken_is_named() -> None:
    with (
        Metrics().serve("127.0.0.1", 0) as port,
        pytest.raises(StartupError, match=f"LICET_METRICS_PORT: 127.0.0.1:{port} can not be listened at"),
        Metrics().serve("127.0.0.1", port),
    ):
        pass


async def test_metrics_are_not_at_the_address_of_the_service(
    server_url: str, settings: Settings, signing_key: str
) -> None:
    async with live(server_url, settings, signing_key, metrics_port=0) as served:
        response = await served.client.http.get("/metrics")

    assert response.status_code == 404


def test_the_memory_of_no_label_is_the_clients(tmp_path: Path) -> None:
    metrics = Metrics()

    for place in range(10_000):
        metrics.observe(RequestStats(operation=f"Q{place}", execution_path="reference", code=None, status=200))

    assert len(list(metrics.registry.collect())) == len(list(Metrics().registry.collect()))
