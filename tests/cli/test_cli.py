"""The command line as a person meets it: what it starts, what it ends, and its one sentence when it can not."""

import json
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from db.seed.demo.people import PEOPLE
from tests import processes
from tests.processes import Running, is_alive, licet, postmaster

WHO_AM_I = "{ viewer { user { id email } } }"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory for the module: each test that changes it leaves a stopped demo in it."""
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def first_start(data_dir: Path) -> Iterator[Running]:
    with processes.demo(data_dir) as running:
        yield running


def shell(line: str) -> Any:
    """What a pasted line prints; where there is no curl, what curl would have asked for."""
    if shutil.which("curl"):
        return json.loads(subprocess.run(["sh", "-c", line], capture_output=True, check=True, timeout=30).stdout)
    url, *options = [word for word in shlex.split(line)[1:] if word != "-s"]
    given = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in given if option == "-H")
    (body,) = [value for option, value in given if option == "--data"]
    return httpx.post(url, headers=headers, content=body).json()


def who(running: Running, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{running.origin}/graphql", json={"query": WHO_AM_I}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["viewer"]["user"]


async def execute(data_dir: Path, statement: str) -> str:
    """Run SQL in the database of a running demo."""
    conn = await asyncpg.connect((data_dir / "url").read_text().strip())
    try:
        return str(await conn.fetchval(statement))
    finally:
        await conn.close()


def test_the_card_is_complete_when_the_service_is_ready(first_start: Running) -> None:
    card = first_start.output()

    assert f"{first_start.origin}/graphql" in card
    assert [person.name for person in PEOPLE if person.name not in card] == []
    assert len(first_start.keys()) == 2
    assert card.rstrip().endswith("Ctrl-C stops it.")


def test_the_curl_line_works_as_printed(first_start: Running) -> None:
    answer = shell(first_start.curl())

    boxes = answer["data"]["account"]["productOverviews"]
    assert "errors" not in answer
    assert len(boxes) >= 5
    assert sum(box["activeSubscriptions"] for box in boxes) >= 24


def test_the_token_on_the_card_is_the_first_persons(first_start: Running) -> None:
    assert who(first_start, first_start.token())["email"] == PEOPLE[0].email


def test_the_token_command_prints_a_token_and_nothing_else(first_start: Running, data_dir: Path) -> None:
    done = licet("token", "tomas", "--data-dir", data_dir)

    assert (done.returncode, done.stderr) == (0, "")
    assert who(first_start, done.stdout.removesuffix("\n"))["email"] == "tomas@example.com"


def test_somebody_signs_in_on_the_demos_own_page(first_start: Running) -> None:
    headers = {"Origin": first_start.origin, "Sec-Fetch-Site": "same-origin"}
    answer = httpx.post(f"{first_start.origin}/demo/sign-in", json={"person": "reiko"}, headers=headers)

    assert answer.status_code == 200
    assert who(first_start, answer.json()["token"])["email"] == "reiko@example.com"


def test_the_secrets_are_for_their_owner_only(first_start: Running, data_dir: Path) -> None:
    kept = data_dir / "secrets.json"

    secrets = json.loads(kept.read_text())

    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [value.partition(":")[2][:5] for value in (secrets["lookup"], secrets["encryption"])] == ["demo-", "demo-"]


def test_logs_carry_the_request_id_and_no_token(first_start: Running) -> None:
    who(first_start, first_start.token())

    answer = httpx.get(f"{first_start.origin}/nothing?token={first_start.token()}", headers={"X-Request-Id": "mine"})

    # The line is written once the answer is out.
    processes.await_true(lambda: '"mine"' in first_start.stderr.read_text(), "the request is not in the log")
    lines = [json.loads(line) for line in first_start.stderr.read_text().splitlines()]
    (line,) = [line for line in lines if line.get("request_id") == "mine"]
    assert answer.headers["x-request-id"] == "mine"
    assert (line["path"], line["status"]) == ("/nothing", 404)
    assert first_start.token() not in first_start.stderr.read_text()


def test_a_taken_port_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "gateway", "demo", "--port", str(port), "--data-dir", str(tmp_path / "data")]
        done = subprocess.run(command, cwd=processes.ROOT, env=processes.environment(), capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"licet: Port {port} is taken: stop what uses it, or choose another with --port.\n"
    assert not (tmp_path / "data").exists()


def test_a_directory_in_use_is_told(first_start: Running, data_dir: Path) -> None:
    done = licet("demo", "--port", "0", "--data-dir", data_dir)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"licet: {data_dir} is in use")
    assert len(done.stderr.splitlines()) == 1


def test_a_directory_that_can_not_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = licet("demo", "--port", "0", "--data-dir", tmp_path / "file" / "data")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"licet: {tmp_path}/file/data can not be written to (Not a directory): choose another with --data-dir.\n"
    )


async def test_a_second_start_keeps_rows_and_tokens_until_a_reset(first_start: Running, data_dir: Path) -> None:
    token, keys, before = first_start.token(), first_start.keys(), who(first_start, first_start.token())
    await execute(data_dir, "UPDATE accounts SET name = 'Renamed' WHERE name = 'Atelier Exemple'")
    pid = postmaster(data_dir)

    assert first_start.stop(signal.SIGTERM) == 0
    processes.await_end(pid)
    assert first_start.process.poll() == 0

    with processes.demo(data_dir) as second:
        assert who(second, token) == before
        assert second.keys() == keys
        assert await execute(data_dir, "SELECT count(*) FROM accounts WHERE name = 'Renamed'") == "1"
        assert second.stop(signal.SIGINT) == 0

    with processes.demo(data_dir, "--reset") as third:
        assert who(third, token)["email"] == before["email"]
        assert await execute(data_dir, "SELECT count(*) FROM accounts WHERE name = 'Renamed'") == "0"
        assert shell(third.curl())["data"]["account"]["name"] == "Atelier Exemple"


async def test_after_a_kill_the_next_start_recovers(first_start: Running, data_dir: Path) -> None:
    first_start.stop()
    with processes.demo(data_dir) as killed:
        token, orphan = killed.token(), postmaster(data_dir)
        await execute(data_dir, "UPDATE accounts SET name = 'Kept' WHERE name = 'Atelier Exemple'")
        killed.process.kill()
        killed.process.wait()
    assert is_alive(orphan)

    with processes.demo(data_dir) as recovered:
        processes.await_end(orphan)
        assert who(recovered, token)["email"] == PEOPLE[0].email
        assert shell(recovered.curl())["data"]["account"]["name"] == "Kept"


def test_a_signal_while_it_starts_leaves_nothing_behind(tmp_path: Path) -> None:
    arguments = ["demo", "--port", "0", "--data-dir", str(tmp_path / "data")]
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", *arguments],
        cwd=processes.ROOT,
        env=processes.environment(),
        stderr=subprocess.PIPE,
    )
    processes.await_true((tmp_path / "data" / "lock").exists, "it did not begin")

    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=processes.TIMEOUT)

    assert (process.returncode, said) == (0, b"")
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()
