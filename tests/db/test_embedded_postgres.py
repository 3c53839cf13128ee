"""The server we start ourselves: who may run it, what survives which death, and what a person is told."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from db import embedded_postgres
from db.embedded_postgres import EmbeddedPostgresError, start

ROOT = Path(__file__).parents[2]
FAST = {"fsync": "off"}
AS_ROOT = os.geteuid() == 0
NOBODY, NAMELESS = embedded_postgres._NOBODY, 54321
INSTALLED = list(dict.fromkeys(path for path in embedded_postgres._installations() if path.is_dir()))
PACKAGE = INSTALLED[0]
# As another user, when its third argument says so: everything is imported before, from where only root may read.
STARTER = """
import os, sys, time, asyncio, asyncpg
from pathlib import Path
from db.embedded_postgres import EmbeddedPostgresError, start
async def row(url):
    connection = await asyncpg.connect(url)
    answer = await connection.fetchval("SELECT 'a row'")
    await connection.close()
    return answer
if uid := int(sys.argv[3]):
    os.setgroups([]), os.setgid(uid), os.setuid(uid)
server = None
try:
    server = start(Path(sys.argv[1]), settings={"fsync": "off"}, binaries=Path(sys.argv[2]))
    print(server.url, flush=True)
    time.sleep(float(sys.argv[4]))
except EmbeddedPostgresError as error:
    print(error)
except KeyboardInterrupt:
    print("interrupted", server and asyncio.run(row(server.url)))
finally:
    server and server.stop()
"""


def starter(data_dir: Path, *, uid: int = 0, seconds: float = 0, binaries: Path = PACKAGE) -> subprocess.Popen[str]:
    """Another process that starts a server, says its URL, and stops it after some seconds."""
    command = [sys.executable, "-c", STARTER, str(data_dir), str(binaries), str(uid if AS_ROOT else 0), str(seconds)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True)


def rows(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """The rows of the last statement."""

    async def execute() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url)
        try:
            return [[tuple(row) for row in await connection.fetch(statement)] for statement in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(execute())


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def can_unshare(uid: int) -> bool:
    """Whether this machine lets that user (as root: else ourselves) have a namespace of its own."""
    command = ["unshare", "--user", "--map-user=65534", "true"]
    return bool(shutil.which("unshare")) and subprocess.run(command, user=uid if AS_ROOT else None).returncode == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped data directory with one row."""
    data_dir = tmp_path_factory.mktemp("made") / "licet"
    server = start(data_dir, settings=FAST)
    rows(server.url, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('first')")
    server.stop()
    return data_dir


@pytest.fixture
def data_dir(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it, at a path that a careless launcher would let a shell read."""
    copy = Path(shutil.copytree(made, tmp_path / 'a "quoted" $HOME of licet'))
    yield copy
    embedded_postgres._stop(copy / "postgres")  # of a test that failed; the others have stopped theirs


@pytest.fixture
def open_dir() -> Iterator[Path]:
    """A directory that every user may enter, and write to."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o777)
        yield Path(directory)


@pytest.fixture(scope="module")
def package() -> Iterator[Path]:
    """The package's binaries, in a directory of their own, for a test to open or close."""
    with tempfile.TemporaryDirectory() as site:
        for tree in PACKAGE.parents[2].glob("embedded_postgres*"):
            shutil.copytree(tree, Path(site, tree.name), ignore=shutil.ignore_patterns("include"))
        yield Path(site, "embedded_postgres", "pginstall", "bin")


@pytest.mark.parametrize("binaries", INSTALLED, ids=str)
def test_a_cold_start_makes_role_and_database_with_safe_settings(binaries: Path, tmp_path: Path) -> None:
    server = start(tmp_path / "new", binaries=binaries)
    settings = ("fsync", "password_encryption", "listen_addresses", "unix_socket_directories", "TimeZone", "jit")

    database = rows(
        server.url,
        "SELECT current_user, current_database(), pg_encoding_to_char(encoding), upper('é'), '_' < 'a'"
        " FROM pg_database WHERE datname = current_database()",
    )
    found = [rows(server.url, f"SHOW {name}")[0][0] for name in settings]
    server.stop()

    assert database == [("licet", "licet", "UTF8", "É", True)]
    assert found == ["on", "scram-sha-256", "127.0.0.1", "", "UTC", "off"]
    assert sorted(path.name for path in server.data_dir.iterdir()) == ["lock", "postgres", "postgresql.log", "url"]
    assert [(server.data_dir / name).stat().st_mode & 0o777 for name in ("url", "postgresql.log")] == [0o600, 0o600]


def test_a_wrong_password_is_refused(data_dir: Path) -> None:
    server = start(data_dir, settings=FAST)

    with pytest.raises(asyncpg.InvalidPasswordError):
        rows(re.sub(":[0-9a-f]+@", ":guess@", server.url), "SELECT 1")
    server.stop()

    assert re.fullmatch(r"postgresql://licet:[0-9a-f]{32}@127\.0\.0\.1:\d+/licet", server.url)
    assert repr(server) == f"Server(data_dir={data_dir!r})"


def test_a_warm_start_keeps_rows_and_url_and_removes_what_was_never_finished(data_dir: Path) -> None:
    (data_dir / "staging-killed" / "postgres").mkdir(parents=True)
    url = (data_dir / "url").read_text()

    server = start(data_dir, settings={"fsync": "off", "work_mem": "7MB"})
    found = rows(server.url, "SELECT word, current_setting('work_mem') FROM kept")
    server.stop()

    assert (found, server.url) == ([("first", "7MB")], url)
    assert list(data_dir.glob("staging-*")) == []


def test_a_second_starter_is_told_which_directory_is_in_use(data_dir: Path) -> None:
    server = start(data_dir, settings=FAST)

    with pytest.raises(EmbeddedPostgresError) as refusal:
        start(data_dir)
    found = rows(server.url, "SELECT word FROM kept")
    server.stop()

    assert str(refusal.value) == f"{data_dir} is in use: stop what runs there or choose another."
    assert found == [("first",)]


def test_a_second_stop_leaves_the_next_server_alone(data_dir: Path) -> None:
    first = start(data_dir, settings=FAST)
    first.stop()
    second = start(data_dir, settings=FAST)

    first.stop()
    found = rows(second.url, "SELECT word FROM kept")
    second.stop()

    assert found == [("first",)]
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_a_killed_postmaster_loses_no_row_though_a_backend_outlives_it(data_dir: Path) -> None:
    busy = "DO $$ BEGIN WHILE clock_timestamp() < now() + interval '1.5 s' LOOP END LOOP; END $$"

    async def kill_and_start() -> embedded_postgres.Server:
        connection = await asyncpg.connect(server.url)
        await connection.execute("INSERT INTO kept VALUES ('second')")
        outliving = asyncio.create_task(connection.execute(busy))
        await asyncio.sleep(0.2)
        os.kill(postmaster(data_dir), signal.SIGKILL)
        server.stop()
        again = await asyncio.to_thread(start, data_dir, settings=FAST)
        await asyncio.gather(outliving, return_exceptions=True)
        return again

    server = start(data_dir, settings=FAST)
    again = asyncio.run(kill_and_start())
    found = rows(again.url, "SELECT word FROM kept ORDER BY word")
    again.stop()

    assert found == [("first",), ("second",)]
    assert "pre-existing shared memory block" in (data_dir / "postgresql.log").read_text()


def test_the_server_of_a_killed_starter_is_stopped_and_its_rows_are_kept(data_dir: Path) -> None:
    with starter(data_dir, seconds=60) as killed:
        assert killed.stdout is not None
        rows(killed.stdout.readline().strip(), "INSERT INTO kept VALUES ('second')")
        killed.kill()

    server = start(data_dir, settings=FAST)
    found = rows(server.url, "SELECT word FROM kept ORDER BY word")
    server.stop()

    assert found == [("first",), ("second",)]
    stopped = (data_dir / "postgresql.log").read_text().count("received fast shutdown request")
    assert stopped == len(["where it was made", "of the killed starter", "ours"])


def test_a_stranger_with_the_number_in_the_pid_file_lives_on(data_dir: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (data_dir / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{data_dir}/postgres\n1\n5432\n\n\n")

        server = start(data_dir, settings=FAST)
        found = rows(server.url, "SELECT word FROM kept")
        server.stop()

        assert (found, stranger.poll()) == ([("first",)], None)
        stranger.kill()


def test_ctrl_c_reaches_the_starter_and_not_the_server(data_dir: Path) -> None:
    with starter(data_dir, seconds=60) as interrupted:
        assert interrupted.stdout is not None
        interrupted.stdout.readline()
        os.killpg(interrupted.pid, signal.SIGINT)

        assert interrupted.stdout.read() == "interrupted a row\n"
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_an_interrupted_first_start_leaves_nothing_half_made(tmp_path: Path) -> None:
    with starter(tmp_path / "new", seconds=60) as interrupted:
        deadline = time.monotonic() + 10
        while not list(tmp_path.glob("new/staging-*/postgres/PG_VERSION")) and time.monotonic() < deadline:
            time.sleep(0.01)
        os.killpg(interrupted.pid, signal.SIGINT)
        assert interrupted.stdout is not None
        assert interrupted.stdout.read() == "interrupted None\n"

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["lock"]


def test_a_port_that_was_taken_meanwhile_is_chosen_anew(data_dir: Path) -> None:
    before = urlsplit((data_dir / "url").read_text()).port

    with closing(socket.create_server(("127.0.0.1", before or 0))):
        server = start(data_dir, settings=FAST)
        found = rows(server.url, "SELECT word FROM kept")
        server.stop()

    assert found == [("first",)]
    assert urlsplit(server.url).port != before


def test_a_lost_url_file_means_a_new_password_and_the_same_rows(data_dir: Path) -> None:
    before = (data_dir / "url").read_text()
    (data_dir / "url").unlink()

    server = start(data_dir, settings=FAST)
    found = rows(server.url, "SELECT word FROM kept")
    server.stop()

    assert found == [("first",)]
    assert urlsplit(server.url).password != urlsplit(before).password


def test_a_setting_that_the_server_refuses_is_named(data_dir: Path) -> None:
    with pytest.raises(EmbeddedPostgresError) as refusal:
        start(data_dir, settings={"work_memory": "1MB"})

    log = data_dir / "postgresql.log"
    reason = 'unrecognized configuration parameter "work_memory"'
    assert str(refusal.value) == f"PostgreSQL did not start, see {log}: {reason}."


def test_rows_of_another_major_version_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("13\n")

    with pytest.raises(EmbeddedPostgresError) as refusal:
        start(tmp_path)

    pgdata = tmp_path / "postgres"
    assert str(refusal.value) == f"{pgdata} needs PostgreSQL 13: move it away, or set DATABASE_URL."
    assert [path.name for path in pgdata.iterdir()] == ["PG_VERSION"]


def test_a_machine_without_binaries_is_told_where_they_come_from(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError) as refusal:
        start(tmp_path / "new", binaries=tmp_path)

    remedies = "install embedded-postgres, or set DATABASE_URL"
    assert str(refusal.value) == f"No PostgreSQL can run in {tmp_path / 'new'}: {remedies}."


def test_a_directory_that_cannot_be_written_is_refused_in_one_sentence(open_dir: Path) -> None:
    open_dir.chmod(0o555)

    with starter(open_dir / "new", uid=NOBODY) as refused:
        said = refused.communicate()[0]

    remedy = "choose another, or set DATABASE_URL"
    assert said == f"PostgreSQL cannot use {open_dir / 'new'}: Permission denied; {remedy}.\n"


@pytest.mark.parametrize("uid", [uid for uid in (NOBODY, NAMELESS) if uid == NOBODY or can_unshare(uid)])
def test_an_ordinary_user_starts_a_server(uid: int, open_dir: Path, package: Path) -> None:
    package.parents[2].chmod(0o755)

    with starter(open_dir / "new", uid=uid, binaries=package) as ordinary:
        said = ordinary.communicate()[0]

    assert re.fullmatch(r"postgresql://licet:\w+@127\.0\.0\.1:\d+/licet\n", said)
    assert (open_dir / "new" / "postgres").stat().st_uid == (uid if AS_ROOT else os.geteuid())


def test_rows_follow_to_the_user_who_can_read_them_now(made: Path, open_dir: Path, package: Path) -> None:
    package.parents[2].chmod(0o755)
    data_dir = Path(shutil.copytree(made, open_dir / "licet"))

    server = start(data_dir, settings=FAST, binaries=package)
    found = rows(server.url, "SELECT word FROM kept")
    server.stop()

    assert found == [("first",)]
    assert (data_dir / "postgres").stat().st_uid == (NOBODY if AS_ROOT else os.geteuid())


# Tools on the path, mode of the data's parent, mode of the binaries' parent: how we get there, and whose the data is.
OPEN, CLOSED = 0o755, 0o700
OURSELVES = [pytest.param("id unshare", CLOSED, CLOSED, os.geteuid(), id="as ourselves")]
NAMESPACE = [pytest.param("id unshare", CLOSED, CLOSED, 0, id="root in a namespace")]
ROOT_WAYS = [
    pytest.param("id", OPEN, OPEN, NOBODY, id="root as nobody"),
    pytest.param("id setpriv", CLOSED, CLOSED, NOBODY, id="root with one capability"),
    pytest.param("id", OPEN, CLOSED, NOBODY, id="root with a copy of the binaries"),
    *(NAMESPACE if can_unshare(0) else []),
]


@pytest.mark.parametrize(("tools", "mode", "site_mode", "owner"), ROOT_WAYS if AS_ROOT else OURSELVES)
def test_a_server_starts_wherever_its_starter_may_read(
    tools: str, mode: int, site_mode: int, owner: int, open_dir: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (open_dir / "home").mkdir(mode=mode)
    package.parents[2].chmod(site_mode)
    for tool in filter(shutil.which, tools.split()):
        (open_dir / tool).symlink_to(str(shutil.which(tool)))
    monkeypatch.setenv("PATH", str(open_dir))

    server = start(open_dir / "home" / "new", settings=FAST, binaries=package)
    found = rows(server.url, "SELECT 1")
    server.stop()

    assert found == [(1,)]
    assert (server.data_dir / "postgres").stat().st_uid == owner
    assert ((open_dir / "home").stat().st_mode & 0o777, package.parents[2].stat().st_mode & 0o777) == (mode, site_mode)
