"""The services of a server, on this machine, for as long as the rehearsal lasts."""

import http.client
import os
import pwd
import secrets
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
# Long: on a machine that does other things, being slow is not being broken.
# Stands in ALLOWED_HOSTS; of the machine itself, as every name below localhost.
FURTHER_HOST = "www.localhost"
PATIENCE_SECONDS = 240


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    what: str, condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS
) -> float:
    """Returns: after how many seconds it was so. Raises: SystemExit where it never is."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        try:
            if condition():
                return time.monotonic() - begin
        except (OSError, http.client.HTTPException, psycopg.Error):
            pass
        time.sleep(0.1)
    sys.exit(f"{what}: not within {seconds:.0f} s.")


def answers(port: int, authority: Path) -> bool:
    """Whether the site is there over TLS, with a certificate of that authority's."""
    context = ssl.create_default_context(cafile=str(authority))
    connection = http.client.HTTPSConnection(
        "localhost", port, timeout=60, context=context
    )
    connection.request("GET", "/healthz")
    return connection.getresponse().status == 200


def is_well(port: int) -> bool:
    """Whether a web service says that it takes requests."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/healthz", headers={"Host": "localhost"})
    return connection.getresponse().read() == b"ok\n"


class Postgres:
    """A cluster of our own, so that it can be stopped."""

    def __init__(self, folder: Path) -> None:
        found = sorted(
            Path("/usr/lib/postgresql").glob("*/bin"),
            key=lambda p: float(p.parent.name),
        )
        self._bin = found[-1]
        self._folder = folder / "postgres"
        self._folder.mkdir()
        self.port = free_port()
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._run(
            "initdb",
            "-D",
            "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        self.start()
        with self.connect("postgres") as server:
            server.execute("CREATE ROLE superfast LOGIN CREATEDB")
            server.execute("CREATE DATABASE superfast OWNER superfast")

    def url(self, database: str = "superfast") -> str:
        """How the site reaches a database."""
        return f"postgres://superfast@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "superfast") -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database,
            autocommit=True, connect_timeout=3,
        )  # fmt: skip

    def start(self) -> None:
        options = (
            f"-p {self.port} -h 127.0.0.1 -k {self._folder} -c max_connections=100"
        )
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-m", mode, "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, cwd=self._folder, check=True, stdout=subprocess.DEVNULL)


def _processes() -> list[tuple[int, int, int, str]]:
    """Each process that runs: its number, session, parent and name."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,sid=,ppid=,stat=,comm="],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    rows = (line.split(maxsplit=4) for line in listed.splitlines())
    return [
        (int(pid), int(session), int(parent), name)
        for pid, session, parent, state, name in rows
        if not state.startswith("Z")
    ]


class Service:
    """One program in a process group of its own, with its output in a file."""

    def __init__(
        self,
        name: str,
        folder: Path,
        command: list[str],
        env: dict[str, str],
        root: Path = ROOT,
    ) -> None:
        self.name, self._command, self._env, self._root = name, command, env, root
        self.log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._root, env=self._env, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def stop(self, number: int = signal.SIGTERM, seconds: float = 40) -> int:
        """Asks it to end and waits. Returns: its exit code."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            os.kill(self._process.pid, number)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        return int(self._process.returncode)

    def kill_family(self) -> None:
        """kill -9 of it and of all that it started, as a machine that loses its power."""
        family = self.family()
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def family(self) -> set[int]:
        """Its process and all that came of it, by the session that they share."""
        if self._process is None:
            return set()
        return {
            pid
            for pid, session, _, name in _processes()
            if session == self._process.pid and name != "sleep"
        }

    def workers(self) -> list[int]:
        """Those of its family that started none: granian's workers."""
        family = self.family()
        parents = {parent for pid, _, parent, _ in _processes() if pid in family}
        return sorted(family - parents)

    def memory_mb(self) -> float:
        """What its workers hold, in megabytes."""
        total = 0
        for pid in self.workers():
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except FileNotFoundError:
                continue
            total += next(
                int(line.split()[1])
                for line in status.splitlines()
                if line.startswith("VmRSS")
            )
        return total / 1024


class Server:
    """Web service and proxy; who inherits says what stands beside them."""

    def __init__(self, folder: Path, variables: dict[str, str], static: Path) -> None:
        self.folder = folder
        self.https_port, self.http_port = free_port(), free_port()
        self.site = f"https://localhost:{self.https_port}"
        self.web_port, self.second_port = free_port(), free_port()
        self.data = folder / "data"
        self.data.mkdir()
        env = {n: v for n, v in os.environ.items() if n in {"HOME", "LANG", "LC_ALL"}}
        self.env = env | {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "SITE_URL": self.site,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DATA_DIR": str(self.data),
            "PROXY_COUNT": "1",
            "PROXY_SENDS_FILES": "1",
            "ALLOWED_HOSTS": FURTHER_HOST,
            "LOAD_DEMO": "1",
            "LOG_FORMAT": "json",
            "HOST": "127.0.0.1",
            "WORKERS": "2",
            "FETCH_PAGES": "0",
            **variables,
        }
        self.web = self.web_at(self.web_port)
        self.proxy = Service("proxy", folder, [
            "caddy", "run", "--config", "deploy/Caddyfile", "--adapter", "caddyfile",
        ], self.env | {
            "DOMAIN": f"localhost:{self.https_port}",
            "FURTHER_DOMAINS": f", {FURTHER_HOST}:{self.https_port}",
            "UPSTREAM": f"127.0.0.1:{self.web_port} 127.0.0.1:{self.second_port}",
            "STATIC_ROOT": str(static),
            "MEDIA_ROOT": str(self.data / "media"),
            "CADDY_OPTIONS": f"skip_install_trust\n\thttp_port {self.http_port}\n\thttps_port {self.https_port}",
            "XDG_DATA_HOME": str(folder / "caddy"),
            "XDG_CONFIG_HOME": str(folder / "caddy-config"),
        })  # fmt: skip

    def web_at(self, port: int, root: Path = ROOT) -> Service:
        """A web service at a port; the proxy knows two of them."""
        return Service(
            f"web-{port}", self.folder, ["deploy/entrypoint", "serve"],
            self.env | {"PORT": str(port)}, root,
        )  # fmt: skip

    @property
    def authority(self) -> Path:
        """The certificate of Caddy's own authority, which signed the site's."""
        return self.folder / "caddy/caddy/pki/authorities/local/root.crt"

    def manage(
        self, *arguments: str, root: Path = ROOT, changes: dict[str, str] | None = None
    ) -> str:
        """Runs manage.py, with some variables changed. Returns: what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=root, env=self.env | (changes or {}),
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments[0]}: {done.stderr.strip()[-500:]}"
        return done.stdout

    def start_manage(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts manage.py and does not wait for it."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def number(self, query: str) -> int:
        """The one number that a query asks for."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Everything that is done before the web service starts."""
        raise NotImplementedError

    def start(self) -> float:
        """Returns: after how many seconds the site answered through the proxy."""
        begin = time.monotonic()
        self.prepare()
        self.web.start()
        wait_for("web", lambda: is_well(self.web_port))
        self.proxy.start()
        wait_for("authority", self.authority.exists)
        wait_for("certificate", lambda: answers(self.https_port, self.authority))
        return time.monotonic() - begin

    def end(self) -> None:
        for service in (self.proxy, self.web):
            service.stop()


class WholeServer(Server):
    """Everything that docker-compose.yml names, without containers."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.database = Postgres(folder)
        cache_port = free_port()
        variables = {
            "DATABASE_URL": self.database.url(),
            "CACHE_URL": f"redis://127.0.0.1:{cache_port}/0",
            "TASK_LEASE_SECONDS": "4",
        }
        super().__init__(folder, variables, folder / "data/static")
        self.cache = Service("cache", folder, [
            "redis-server", "--port", str(cache_port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--dir", str(folder),
        ], self.env)  # fmt: skip
        self.worker = Service(
            "worker", folder, ["deploy/entrypoint", "run_worker"], self.env
        )

    def number(self, query: str) -> int:
        with self.database.connect() as connection:
            row = connection.execute(query.encode()).fetchone()
            return int(row[0]) if row else 0

    def prepare(self) -> None:
        self.cache.start()
        subprocess.run(
            ["deploy/entrypoint", "prepare"], cwd=ROOT, env=self.env, check=True
        )
        self.worker.start()

    def end(self) -> None:
        super().end()
        self.worker.stop()
        self.cache.stop()
        try:
            self.database.stop("immediate")
        except subprocess.CalledProcessError:
            pass  # It is not running.


class SmallServer(Server):
    """The site by itself: SQLite, no cache server, no worker; static files of another."""

    def __init__(self, folder: Path, static: Path) -> None:
        folder.mkdir()
        self._database = folder / "data/db.sqlite3"
        super().__init__(folder, {"TASKS_INLINE": "1"}, static)
        (self.data / "static").symlink_to(static)

    def number(self, query: str) -> int:
        with closing(sqlite3.connect(self._database, timeout=20)) as connection:
            row = connection.execute(query).fetchone()
            return int(row[0]) if row else 0

    @contextmanager
    def write_lock(self) -> Iterator[None]:
        """Nobody else writes to the database meanwhile."""
        with closing(
            sqlite3.connect(self._database, timeout=20, isolation_level=None)
        ) as held:
            held.execute("BEGIN IMMEDIATE")
            yield
            held.execute("ROLLBACK")

    def prepare(self) -> None:
        self.manage("migrate", "--verbosity", "0")
        self.manage("load_demo")


def missing_programs() -> list[str]:
    """What has to be installed for the rehearsal and is not."""
    wanted = ["caddy", "redis-server", "ps"]
    missing = [name for name in wanted if shutil.which(name) is None]
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        missing.append("postgresql")
    return missing
