"""Databases, folders and servers that last as long as a measurement."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 30
SERVER = "TEST_DATABASE_URL"
# As in the Makefile.
GRANIAN = [
    *("--interface", "wsgi", "--http", "1", "--no-ws", "--workers", "2"),
    *("--blocking-threads", "4", "--blocking-threads-idle-timeout", "600"),
]


@dataclass(frozen=True, slots=True)
class Database:
    """An empty database of our own."""

    name: str
    url: str

    @property
    def is_postgres(self) -> bool:
        return self.name == "PostgreSQL"

    @property
    def path(self) -> str:
        """The file of an SQLite database."""
        return self.url.removeprefix("sqlite:///")


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="superfast-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def sqlite(data: Path) -> Iterator[Database]:
    """A file in a scratch folder."""
    yield Database("SQLite", f"sqlite:///{data / 'bench.sqlite3'}")


@contextmanager
def postgres(_data: Path) -> Iterator[Database]:
    """A database made on the server of `TEST_DATABASE_URL`, dropped afterwards.

    Raises: SystemExit where the variable names a server on another machine.
    """
    address = urlsplit(os.environ[SERVER])
    if address.hostname not in {HOST, "localhost", "::1"}:
        raise SystemExit(f"{SERVER} must name a server on this machine.")
    server = address._replace(path="/postgres").geturl()
    name = f"superfast_bench_{os.getpid()}"
    _run_on(server, sql.SQL("CREATE DATABASE {}"), name)
    try:
        yield Database("PostgreSQL", address._replace(path=f"/{name}").geturl())
    finally:
        _run_on(server, sql.SQL("DROP DATABASE {} WITH (FORCE)"), name)


def _run_on(server: str, statement: sql.SQL, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name)))


Make = Callable[[Path], AbstractContextManager[Database]]


def databases(only: str | None) -> list[tuple[str, Make]]:
    """Each database to measure and what makes it: SQLite, and PostgreSQL where a server is named.

    Args:
        only: `sqlite` or `postgres`, where the other is left out.
    """
    makes: list[tuple[str, Make]] = []
    if only != "postgres":
        makes.append(("SQLite", sqlite))
    if only != "sqlite" and has_postgres():
        makes.append(("PostgreSQL", postgres))
    return makes


def has_postgres() -> bool:
    """Whether a PostgreSQL server was named; says so where it was not."""
    if os.environ.get(SERVER, "").startswith("postgres"):
        return True
    print(f"No PostgreSQL: {SERVER} names none.")
    return False


# The site -------------------------------------------------------------------


def environment(database: Database, data: Path, port: int) -> dict[str, str]:
    """What the site reads, for a site in production on this machine."""
    ours = ("SECRET_KEY", "SITE_URL", "DATABASE_URL", "SUBSCRIBE_URL", "ALLOWED_HOSTS")
    unset = {name for known in ours for name in (known, f"{known}_FILE")}
    (data / "static").mkdir(exist_ok=True)  # WhiteNoise looks for it
    return {
        **{name: value for name, value in os.environ.items() if name not in unset},
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "superfast.settings",
        "DEBUG": "0",
        "SECRET_KEY": _secret,
        "SITE_URL": f"http://{HOST}:{port}",
        "DATA_DIR": str(data),
        "DATABASE_URL": database.url,
        "PROXY_COUNT": "1",  # the clients play the proxy
    }


_secret = secrets.token_urlsafe(64)


def python(*arguments: str, env: dict[str, str]) -> str:
    """What a Python process of the site prints. Raises: CalledProcessError."""
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return result.stdout


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


@contextmanager
def served(application: str, port: int, env: dict[str, str]) -> Iterator[int]:
    """The process of granian that serves an application, as the Makefile does."""
    command = [str(Path(sys.executable).with_name("granian")), application, *GRANIAN]
    server = subprocess.Popen(
        [*command, "--host", HOST, "--port", str(port), "--log-level", "warning"],
        cwd=ROOT,
        env=env,
    )
    try:
        _wait_for(port, server)
        yield server.pid
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(port: int, server: subprocess.Popen) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        connection = HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise SystemExit("The server does not start.")


def processor_seconds(pid: int) -> float:
    """What a server and its workers have had of the processors; 0.0 where Linux is not."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" (")
        except OSError:
            continue  # it has ended meanwhile
        fields = rest.rpartition(") ")[2].split()
        if pid in {int(number), int(fields[1])}:
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total
