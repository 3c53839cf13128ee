"""A report in Python: all pages of an account, and another try when it is told to wait."""

import csv
import io
import subprocess
import sys
from pathlib import Path

from tests import processes
from tests.conformance.conftest import HERE, RUN_SECONDS, Demo, demo_account


def _report(demo: Demo) -> list[dict[str, str]]:
    command = [sys.executable, str(HERE / "clients" / "report.py"), demo.url, demo.token, demo.account]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_a_report_has_every_subscription_once(demo: Demo) -> None:
    rows = _report(demo)

    listed = [(row["displayName"], row["status"]) for row in demo.subscriptions()]
    assert [(row["displayName"], row["status"]) for row in rows] == listed
    assert len({row["number"] for row in rows}) == len(rows) == len(listed)


def test_a_report_waits_until_its_allowance_is_back(demo: Demo, tmp_path: Path) -> None:
    # Enough for a page of ten; a question that was never asked before is paid for in its next second.
    with processes.demo(tmp_path / "demo", LICET_LIMITS="cost=25,capacity=25,restore=10000") as running:
        rows = _report(demo_account(running))

    assert len(rows) == len(demo.subscriptions())
    assert '"status":429' in running.stderr.read_text()
