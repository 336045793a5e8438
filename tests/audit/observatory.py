"""The Mozilla HTTP Observatory's score of the headers, over TLS: `observatory.py`.

The site is served by the real server with production settings and a certificate made
for the purpose, on this machine, and a redirect from http as the proxy gives it.
"""

import http.server
import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
PATHS = ("/", "/quiz/", "/search/", "/admin/login/")
LEAST = 135
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for localhost that only this run trusts."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return key, certificate


def redirect_to_https(port: int, target: str) -> None:
    """What Caddy answers to who asks for http."""

    class Redirect(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(308)
            self.send_header("Location", target + self.path)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Redirect)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def wait_for(address: str, certificate: Path) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    for _ in range(START_SECONDS * 4):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5, context=context)
            return
        except OSError:
            time.sleep(0.25)
    sys.exit(f"{address} did not answer within {START_SECONDS} seconds.")


def score(http_port: int, https_port: int, path: str, certificate: Path) -> Any:
    done = subprocess.run(
        [
            *("node", str(HERE / "observatory.mjs")),
            *("localhost", str(http_port), str(https_port), path),
        ],
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(certificate)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def main() -> int:
    http_port, https_port = free_port(), free_port()
    address = f"https://localhost:{https_port}"
    low = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        key, certificate = make_certificate(folder)
        env = {
            **{k: v for k, v in os.environ.items() if k not in {"SECRET_KEY_FILE"}},
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "SITE_URL": address,
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            "TASKS_INLINE": "1",
        }
        (folder / "data").mkdir()
        for command in (["migrate"], ["collectstatic", "--noinput"]):
            manage = [sys.executable, "manage.py", *command, "--verbosity", "0"]
            subprocess.run(manage, env=env, check=True)
        server = subprocess.Popen(
            [
                *(str(BIN / "granian"), "--interface", "wsgi"),
                *("superfast.wsgi:application", "--host", "127.0.0.1"),
                *("--port", str(https_port), "--no-ws", "--log-level", "warning"),
                *("--ssl-certificate", str(certificate), "--ssl-keyfile", str(key)),
            ],
            env=env,
        )
        try:
            wait_for(address, certificate)
            redirect_to_https(http_port, address)
            for path in PATHS:
                found = score(http_port, https_port, path, certificate)
                print(f"{found['score']:4} {found['grade']:3} {path}")
                for test in found["tests"]:
                    print(f"     {test['modifier']:+4} {test['result']}")
                if found["score"] < LEAST or not found["verified"]:
                    low.append(path)
        finally:
            server.terminate()
            server.wait(timeout=30)
    if low:
        print(f"Below {LEAST}: {', '.join(low)}", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
