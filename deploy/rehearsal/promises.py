"""What the site promises, each broken on purpose: functions that return what was seen.

Each asserts; one that fails ends up in the table with what it found instead.
"""

import http.client
import os
import re
import signal
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

from deploy.rehearsal.machine import Server, listens, wait_for
from deploy.rehearsal.people import Crowd, Form, Visitor

ISSUE = "/issues/2023-01-11/"
KEPT = ("/", ISSUE, "/issues/", "/papers/2022/", "/quiz/", "/issues/feed.xml")
CLIENTS = 32
SOAK_SECONDS = int(os.environ.get("SOAK_SECONDS", "30"))

Check = Callable[["Stage"], str]
PROMISES: list[tuple[str, str, Check]] = []


class Stage:
    """The server, and people who use it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.visitor = self.new_visitor()
        self.quiz = ""

    def new_visitor(self) -> Visitor:
        return Visitor(self.server.https_port, self.server.authority)

    def crowd(self) -> Crowd:
        return Crowd(self.new_visitor)

    def forms(self, count: int) -> list[Form]:
        """Forms that were given out before things break."""
        return [self.visitor.form(self.quiz) for _ in range(count)]

    def guesses(self) -> int:
        return self.server.database.number("SELECT COUNT(*) FROM quiz_guess")


def promise(sentence: str, broken: str) -> Callable[[Check], Check]:
    """Puts a check into the table, in the order of the file."""

    def note(check: Check) -> Check:
        PROMISES.append((sentence, broken, check))
        return check

    return note


@promise(
    "Every kind of page is there over HTTPS",
    "nothing; Caddy with an authority of its own",
)
def walk(stage: Stage) -> str:
    paths = (
        *KEPT,
        "/search/?q=diffusion",
        "/issues/feed.json",
        "/sitemap.xml",
        "/about/",
        "/readyz",
    )
    for path in paths:
        wait_for(path, lambda path=path: stage.visitor.get(path).status == 200, 30)  # type: ignore[misc]
    page = stage.visitor.get(ISSUE)
    found = re.search(r'"(/quiz/[a-z0-9-]+/)(?:card/|guess/)?["?]', page.text)
    assert found, "the issue has no quiz"
    stage.quiz = found[1]
    assert "strict-transport-security" in page.headers
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "set-cookie" not in page.headers
    assert "server" not in page.headers, page.headers["server"]
    return f"{len(paths)} pages answered 200, with HSTS and the content policy"


@promise("Static files and pictures come from the proxy's side of the site", "nothing")
def static_files(stage: Stage) -> str:
    text = stage.visitor.get(ISSUE).text
    names = sorted(set(re.findall(r'"(/static/[^"]+\.(?:css|js))"', text)))
    for name in names:
        file = stage.visitor.get(name, Accept_Encoding="br")
        assert file.status == 200, f"{name}: {file.status}"
        assert file.headers.get("content-encoding") == "br", f"{name} is not compressed"
        assert "immutable" in file.headers["cache-control"]
        assert file.headers["x-content-type-options"] == "nosniff"
    pictures = sorted(set(re.findall(r'"(/media/[^" ]+)"', text)))
    assert names
    assert pictures
    for name in pictures:
        assert stage.visitor.get(name).status == 200, name
    return f"{len(names)} files came compressed, {len(pictures)} pictures came"


@promise("Who asks for http is led to https", "a request without TLS")
def redirect(stage: Stage) -> str:
    plain = http.client.HTTPConnection("localhost", stage.server.http_port, timeout=10)
    plain.request("GET", ISSUE)
    answer = plain.getresponse()
    target = answer.getheader("Location", "")
    assert answer.status in {301, 308}, answer.status
    assert target.startswith("https://localhost"), target
    return f"{answer.status} to {target.partition('localhost')[0]}…{ISSUE}"


@promise(
    "Headers that a visitor makes up change nothing",
    "X-Forwarded-Host, -For, -Proto, X-Original-URL",
)
def forged_headers(stage: Stage) -> str:
    honest = stage.visitor.get(ISSUE)
    forged = stage.visitor.get(
        ISSUE,
        X_Forwarded_Host="evil.example",
        X_Forwarded_Proto="http",
        X_Forwarded_For="10.0.0.1",
        X_Original_URL="/admin/",
        X_Rewrite_URL="/admin/",
    )
    assert (forged.status, forged.body) == (200, honest.body)
    again = stage.visitor.get(ISSUE)
    assert again.body == honest.body
    wrong = stage.visitor.get(ISSUE, Host="evil.example")
    assert "evil.example" not in wrong.text
    return f"the same bytes; another Host: {wrong.status}"


@promise(
    "A request within a request reaches nobody",
    "Content-Length beside Transfer-Encoding",
)
def smuggling(stage: Stage) -> str:
    context = ssl.create_default_context(cafile=str(stage.server.authority))
    request = (
        "POST /quiz/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 44\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin/login/ HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    with (
        socket.create_connection(
            ("localhost", stage.server.https_port), timeout=10
        ) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secure,
    ):
        secure.sendall(request.encode())
        secure.settimeout(2)
        received = b""
        try:
            while block := secure.recv(65536):
                received += block
        except TimeoutError:
            pass
    statuses = re.findall(rb"HTTP/1\.1 (\d{3})", received)
    assert b"csrfmiddlewaretoken" not in received, "the second request was answered"
    return f"answered {', '.join(s.decode() for s in statuses)}; the hidden request was not"


@promise(
    "While PostgreSQL restarts readers read, and no guess is lost",
    "PostgreSQL restarted under 8 readers and 8 players",
)
def database_restart(stage: Stage) -> str:
    before = stage.guesses()
    forms = stage.forms(120)
    readers = stage.crowd().read(ISSUE, readers=8, pause=0.02)
    time.sleep(3)  # until both workers have kept the page
    players = stage.crowd().guess(stage.quiz, forms, players=8)
    time.sleep(0.5)
    stage.server.database.stop()
    time.sleep(3)
    stage.server.database.start()
    players.join()
    readers.stop()
    stored = stage.guesses() - before
    assert set(readers.statuses) == {200}, readers.said()
    assert set(players.statuses) <= {303, 502, 503}, players.said()
    assert players.without_retry == 0, "a 503 without Retry-After"
    assert stored == players.statuses[303] == len(forms), f"{stored} stored"
    return f"readers: {readers.said()}; players: {players.said()}; {stored} of {len(forms)} guesses stored, each once"


@promise("Without a database the site says so", "PostgreSQL stopped")
def database_away(stage: Stage) -> str:
    form = stage.forms(1)[0]
    for path in KEPT:
        stage.visitor.get(path)
    stage.server.database.stop("immediate")
    try:
        guess = stage.visitor.guess(stage.quiz, form)
        fresh = stage.visitor.get("/search/?q=nobody-asked-this-before")
        alive, ready = stage.visitor.get("/healthz"), stage.visitor.get("/readyz")
        assert guess.status == fresh.status == 503, (guess.status, fresh.status)
        assert "retry-after" in guess.headers
        assert "retry-after" in fresh.headers
        assert "Back in a moment" in fresh.text
        assert (alive.status, ready.status) == (200, 503)
    finally:
        stage.server.database.start()
    took = wait_for(
        "ready again", lambda: stage.visitor.get("/readyz").status == 200, 60
    )
    return f"a guess and a search: 503 with Retry-After; alive, not ready; well {took:.1f} s after it was back"


@promise(
    "A database that takes no writes is read",
    "default_transaction_read_only, connections cut",
)
def database_read_only(stage: Stage) -> str:
    form = stage.forms(1)[0]
    database = stage.server.database
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'superfast' AND pid <> pg_backend_pid()"
    with database.connect("postgres") as connection:
        connection.execute(
            "ALTER DATABASE superfast SET default_transaction_read_only = on"
        )
        connection.execute(cut)
    try:
        page = stage.visitor.get("/search/?q=read+only")
        guess = stage.visitor.guess(stage.quiz, form)
    finally:
        with database.connect("postgres") as connection:
            connection.execute(
                "ALTER DATABASE superfast RESET default_transaction_read_only"
            )
            connection.execute(cut)
    assert page.status == 200, page.status
    assert guess.status == 503, guess.status
    wait_for("a guess", lambda: stage.visitor.guess(stage.quiz, form).status == 303, 30)
    return "a search answered 200, a guess 503; the same guess was taken afterwards"


@promise(
    "A web worker that dies takes no guess with it",
    f"kill -9 of each worker in turn under {CLIENTS} players",
)
def workers_killed(stage: Stage) -> str:
    before = stage.guesses()
    forms = stage.forms(400)
    players = stage.crowd().guess(stage.quiz, forms, players=CLIENTS)
    killed = 0
    for _ in range(4):
        time.sleep(0.7)
        for pid in stage.server.web.children()[:1]:
            os.kill(pid, signal.SIGKILL)
            killed += 1
    players.join()
    stored = stage.guesses() - before
    assert killed >= 2, "no worker was found to kill"
    assert players.statuses[303] == len(forms), players.said()
    assert stored == len(forms), f"{stored} stored for {len(forms)} tokens"
    return f"{killed} killed; {players.said()}; {stored} of {len(forms)} guesses stored, each once"


@promise("Without the cache everything goes on", "Redis killed")
def cache_gone(stage: Stage) -> str:
    before = stage.guesses()
    forms = stage.forms(20)
    stage.server.cache.stop(signal.SIGKILL)
    try:
        players = stage.crowd().guess(stage.quiz, forms, players=4).join()
        statuses = {
            path: stage.visitor.get(path).status for path in (*KEPT, "/admin/login/")
        }
        ready = stage.visitor.get("/readyz")
    finally:
        stage.server.cache.start()
    assert set(players.statuses) == {303}, players.said()
    assert stage.guesses() - before == len(forms)
    assert set(statuses.values()) == {200}, statuses
    assert '"cache": "failed"' in ready.text
    wait_for("ready again", lambda: stage.visitor.get("/readyz").status == 200, 30)
    return f"{players.said()}; {len(statuses)} pages 200; /readyz named the cache, and was well when it was back"


@promise(
    "A task whose worker dies is done, once",
    "kill -9 of the queue's worker in the middle of it",
)
def task_killed(stage: Stage) -> str:
    server = stage.server
    done = "SELECT COUNT(*) FROM django_q_task WHERE name = 'rehearsal' AND success"
    taken = "SELECT COUNT(*) FROM django_q_ormq WHERE lock > now()"
    code = 'from superfast.common.tasks import enqueue; enqueue("time.sleep", 3, name="rehearsal")'
    server.manage("shell", "--verbosity", "0", "--command", code)
    wait_for("the task to be taken", lambda: server.database.number(taken) > 0, 60)
    server.worker.stop(signal.SIGKILL)
    assert server.database.number(done) == 0
    server.worker.start()
    took = wait_for(
        "the task to be done", lambda: server.database.number(done) == 1, 120
    )
    time.sleep(2)
    assert server.database.number(done) == 1
    return f"taken up again and done once, {took:.0f} s after the worker was back"


@promise(
    "Nobody is refused while the site is restarted",
    "SIGTERM and a new start under 8 readers and 8 players",
)
def restart(stage: Stage) -> str:
    before = stage.guesses()
    forms = stage.forms(80)
    readers = stage.crowd().read(ISSUE, readers=8, pause=0.05)
    players = stage.crowd().guess(stage.quiz, forms, players=8)
    time.sleep(0.5)
    code = stage.server.web.stop()
    stage.server.web.start()
    took = wait_for("web", lambda: listens(stage.server.web_port), 120)
    players.join()
    readers.stop()
    stored = stage.guesses() - before
    assert set(readers.statuses) == {200}, readers.said()
    assert players.statuses[303] == stored == len(forms), (players.said(), stored)
    return (
        f"ended with {code}, back in {took:.1f} s; readers: {readers.said()}; "
        f"players: {players.said()}; slowest {max(readers.seconds):.1f} s"
    )


@promise(
    "A new version takes over without a gap",
    "a second web service beside the first, then the first ended, under 8 readers",
)
def takeover(stage: Stage) -> str:
    server = stage.server
    readers = stage.crowd().read(ISSUE, readers=8, pause=0.05)
    second = server.web_at(server.second_port)
    second.start()
    wait_for("the second web service", lambda: listens(server.second_port), 120)
    server.web.stop()
    time.sleep(2)
    assert stage.visitor.get("/readyz").status == 200
    readers.stop()
    server.web = second
    assert set(readers.statuses) == {200}, readers.said()
    return f"readers: {readers.said()}; slowest {max(readers.seconds):.1f} s"


@promise(
    "A backup made under load comes back whole",
    "8 players while it is made; restored into an empty database",
)
def backup(stage: Stage) -> str:
    server = stage.server
    folder, other = server.folder / "backups", server.folder / "restored"
    other.mkdir()
    players = stage.crowd().guess(stage.quiz, stage.forms(60), players=8)
    server.manage("backup", str(folder))
    players.join()
    (path,) = folder.iterdir()
    with server.database.connect("postgres") as connection:
        connection.execute("CREATE DATABASE restored")
    place = {
        "DATA_DIR": str(other),
        "DATABASE_URL": server.database.url.replace("/superfast", "/restored"),
    }
    begin = time.monotonic()
    server.manage("restore", str(path), **place)
    took = time.monotonic() - begin
    with server.database.connect("restored") as connection:
        row = connection.execute(
            "SELECT (SELECT COUNT(*) FROM issues_issue), (SELECT COUNT(*) FROM papers_paper)"
        ).fetchone()
    pictures = [p for p in (other / "media").rglob("*") if p.is_file()]
    kept = [p for p in Path(server.env["DATA_DIR"], "media").rglob("*") if p.is_file()]
    assert row is not None
    assert row[0] == server.database.number("SELECT COUNT(*) FROM issues_issue")
    assert row[1] == server.database.number("SELECT COUNT(*) FROM papers_paper")
    assert len(pictures) == len(kept) > 0
    return f"{row[0]} issues, {row[1]} papers, {len(pictures)} pictures back in {took:.0f} s"


@promise("The site bears its load", f"readers and players for {SOAK_SECONDS} s")
def soak(stage: Stage) -> str:
    web = stage.server.web
    warm = stage.crowd().read(ISSUE, readers=8)
    time.sleep(5)
    warm.stop()
    begin = web.memory_mb()
    crowds = [stage.crowd().read(path, readers=2, pause=0.01) for path in KEPT]
    time.sleep(SOAK_SECONDS)
    for crowd in crowds:
        crowd.stop()
    grown = web.memory_mb() - begin
    statuses = {status for crowd in crowds for status in crowd.statuses}
    count = sum(len(crowd.seconds) for crowd in crowds)
    worst = max(crowd.percentile(0.99) for crowd in crowds)
    assert statuses == {200}, [crowd.said() for crowd in crowds]
    assert grown < 60, f"memory grew by {grown:.0f} MB"
    return f"{count:,} answers, all 200; p99 {worst:.0f} ms; memory {begin:.0f} MB, {grown:+.0f} MB"


@promise("The site ends when it is told to", "SIGTERM")
def end(stage: Stage) -> str:
    code = stage.server.web.stop()
    worker = stage.server.worker.stop()
    assert not stage.server.web.children()
    return f"web ended with {code}, worker with {worker}"
