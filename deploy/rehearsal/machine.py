"""The services of a server, on this machine, for as long as the rehearsal lasts."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
START_SECONDS = 120


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    what: str, condition: Callable[[], bool], seconds: float = START_SECONDS
) -> float:
    """Returns: after how many seconds it was so. Raises: SystemExit where it never is."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        try:
            if condition():
                return time.monotonic() - begin
        except (OSError, psycopg.Error):
            pass
        time.sleep(0.1)
    sys.exit(f"{what}: not within {seconds:.0f} s.")


def listens(port: int) -> bool:
    """Whether somebody answers at a port of this machine."""
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


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
            "superfast",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        self.start()
        with self.connect("postgres") as server:
            server.execute("CREATE DATABASE superfast")

    @property
    def url(self) -> str:
        return f"postgres://superfast@127.0.0.1:{self.port}/superfast"

    def connect(self, database: str = "superfast") -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="superfast", dbname=database,
            autocommit=True, connect_timeout=3,
        )  # fmt: skip

    def number(self, query: str) -> int:
        """The one number that a query asks for."""
        with self.connect() as connection:
            row = connection.execute(query.encode()).fetchone()
            return int(row[0]) if row else 0

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


class Service:
    """One program in a process group of its own, with its output in a file."""

    def __init__(
        self, name: str, folder: Path, command: list[str], env: dict[str, str]
    ) -> None:
        self.name, self._command, self._env = name, command, env
        self.log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._env, stdout=log, stderr=log,
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

    def children(self) -> list[int]:
        """The processes that it started: granian's workers, the queue's."""
        if self._process is None:
            return []
        listed = subprocess.run(
            ["ps", "--ppid", str(self._process.pid), "-o", "pid="],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return [int(pid) for pid in listed.stdout.split()]

    def memory_mb(self) -> float:
        """What its children hold, in megabytes."""
        total = 0
        for pid in self.children():
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
    """Everything that docker-compose.yml names, without containers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        self.https_port, self.http_port = free_port(), free_port()
        self.site = f"https://localhost:{self.https_port}"
        self.database = Postgres(folder)
        self.cache_port, self.web_port, self.second_port = (
            free_port() for _ in range(3)
        )
        data = folder / "data"
        data.mkdir()
        env = {n: v for n, v in os.environ.items() if n in {"HOME", "LANG", "LC_ALL"}}
        self.env = env | {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "SITE_URL": self.site,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DATABASE_URL": self.database.url,
            "CACHE_URL": f"redis://127.0.0.1:{self.cache_port}/0",
            "DATA_DIR": str(data),
            "PROXY_COUNT": "1",
            "LOAD_DEMO": "1",
            "LOG_FORMAT": "json",
            "TASK_LEASE_SECONDS": "4",
            "HOST": "127.0.0.1",
            "WORKERS": "2",
        }
        self.cache = Service("cache", folder, [
            "redis-server", "--port", str(self.cache_port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--dir", str(folder),
        ], self.env)  # fmt: skip
        self.web = self.web_at(self.web_port)
        self.worker = Service(
            "worker", folder, ["deploy/entrypoint", "run_worker"], self.env
        )
        self.proxy = Service("proxy", folder, [
            "caddy", "run", "--config", "deploy/Caddyfile", "--adapter", "caddyfile",
        ], self.env | {
            "DOMAIN": f"localhost:{self.https_port}",
            "UPSTREAM": f"127.0.0.1:{self.web_port} 127.0.0.1:{self.second_port}",
            "STATIC_ROOT": str(data / "static"),
            "CADDY_OPTIONS": f"skip_install_trust\n\thttp_port {self.http_port}\n\thttps_port {self.https_port}",
            "XDG_DATA_HOME": str(folder / "caddy"),
            "XDG_CONFIG_HOME": str(folder / "caddy-config"),
        })  # fmt: skip

    def web_at(self, port: int) -> Service:
        """A web service at a port; the proxy knows two of them."""
        return Service(
            f"web-{port}",
            self.folder,
            ["deploy/entrypoint", "serve"],
            self.env | {"PORT": str(port)},
        )

    @property
    def authority(self) -> Path:
        """The certificate of Caddy's own authority, which signed the site's."""
        return self.folder / "caddy/caddy/pki/authorities/local/root.crt"

    def manage(self, *arguments: str, **variables: str) -> str:
        """Runs manage.py, with some variables changed. Returns: what it printed."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env | variables,
            capture_output=True, text=True, check=True, timeout=600,
        ).stdout  # fmt: skip

    def start(self) -> float:
        """Returns: after how many seconds the site answered through the proxy."""
        begin = time.monotonic()
        self.cache.start()
        subprocess.run(
            ["deploy/entrypoint", "prepare"], cwd=ROOT, env=self.env, check=True
        )
        self.web.start()
        wait_for("web", lambda: listens(self.web_port), 300)
        self.worker.start()
        self.proxy.start()
        wait_for("proxy", lambda: listens(self.https_port))
        wait_for("certificate", self.authority.exists)
        return time.monotonic() - begin

    def end(self) -> None:
        for service in (self.proxy, self.web, self.worker, self.cache):
            service.stop()
        try:
            self.database.stop("immediate")
        except subprocess.CalledProcessError:
            pass  # It is not running.


def missing_programs() -> list[str]:
    """What has to be installed for the rehearsal and is not."""
    wanted = ["caddy", "redis-server", "ps"]
    missing = [name for name in wanted if shutil.which(name) is None]
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        missing.append("postgresql")
    return missing
